import { describe, expect, it } from 'vitest';
import type { ParamSpecs } from './param-spec.ts';
import { integer } from './params.ts';
import { noContent } from './reply.ts';
import type { HttpMethod } from './request.ts';
import type { Route } from './route.ts';
import { route } from './route.ts';
import { createRouter } from './router.ts';

const at = (method: HttpMethod, path: string, params: ParamSpecs = {}): Route =>
  route({
    method,
    path,
    summary: path,
    params,
    guard: { label: 'anyone', check: async () => undefined },
    handler: async () => noContent(),
  });

const router = createRouter([
  at('GET', '/projects'),
  at('POST', '/projects'),
  at('GET', '/projects/:id'),
  at('GET', '/projects/:id/jobs/:job_id', { job_id: integer({ required: true }) }),
  at('GET', '/projects/:id/jobs/artifacts/*ref/download'),
  at('GET', '/projects/:id/jobs/artifacts/:ref/raw/*artifact_path'),
  at('GET', '/projects/:project_id/pipelines/latest'),
  at('GET', '/projects/:id/pipelines/:pipeline_id'),
  at('POST', '/projects/:id/ref/*ref/trigger/pipeline'),
  at('GET', '/projects/:id/repository/branches/:branch'),
  at('GET', '/*project/info/refs'),
  at('GET', '/files/*file_path'),
  at('GET', '/files/*file_path/raw'),
]);

const find = (method: string, path: string) => {
  const match = router.find(method, path);
  return match === undefined ? undefined : [match.route.path, match.pathParams];
};

describe('the router', () => {
  it('prefers a fixed segment to a name, and goes back when that leads nowhere', () => {
    expect(find('GET', '/projects/1/pipelines/latest')).toEqual([
      '/projects/:project_id/pipelines/latest',
      { project_id: '1' },
    ]);
    expect(find('GET', '/projects/1/jobs/artifacts')).toEqual([
      '/projects/:id/jobs/:job_id',
      { id: '1', job_id: 'artifacts' },
    ]);
  });

  it('decodes a slash inside a segment', () => {
    expect(find('GET', '/projects/group%2Fsub%2fproject')).toEqual(['/projects/:id', { id: 'group/sub/project' }]);
    expect(find('GET', '/projects/a%2Bb%20c+d')?.[1]).toEqual({ id: 'a+b c+d' });
    expect(find('GET', '/projects/1/repository/branches/v1.0.json')?.[1]).toEqual({ id: '1', branch: 'v1.0.json' });
  });

  it('prefers what stands behind many segments to a name that takes them all', () => {
    expect(find('GET', '/files/a/b')).toEqual(['/files/*file_path', { file_path: 'a/b' }]);
    expect(find('GET', '/files/a/raw/raw')).toEqual(['/files/*file_path/raw', { file_path: 'a/raw' }]);
    expect(find('GET', '/files/a%2Fraw')).toEqual(['/files/*file_path', { file_path: 'a/raw' }]);
    expect(find('GET', '/files/raw')).toEqual(['/files/*file_path', { file_path: 'raw' }]);
  });

  it('takes many segments in the middle, the longest run', () => {
    const pipeline = '/projects/:id/ref/*ref/trigger/pipeline';
    expect(find('POST', '/projects/1/ref/feature/x/trigger/pipeline')).toEqual([
      pipeline,
      { id: '1', ref: 'feature/x' },
    ]);
    expect(find('POST', '/projects/1/ref/a%2Fb/trigger/pipeline')).toEqual([pipeline, { id: '1', ref: 'a/b' }]);
    expect(find('POST', '/projects/1/ref/a/trigger/pipeline/trigger/pipeline')?.[1]).toEqual({
      id: '1',
      ref: 'a/trigger/pipeline',
    });
    expect(find('POST', '/projects/1/ref/trigger/pipeline')).toBeUndefined();
    expect(find('GET', '/projects/1/jobs/artifacts/feature/x/download')?.[1]).toEqual({ id: '1', ref: 'feature/x' });
    expect(find('GET', '/projects/1/jobs/artifacts/main/raw/a/b.txt')?.[1]).toEqual({
      id: '1',
      ref: 'main',
      artifact_path: 'a/b.txt',
    });
    expect(find('GET', '/group/sub/app.git/info/refs')?.[1]).toEqual({ project: 'group/sub/app.git' });
  });

  it('answers HEAD with GET, and nothing to another method', () => {
    expect(find('HEAD', '/projects')?.[0]).toBe('/projects');
    expect(find('DELETE', '/projects')).toBeUndefined();
    expect(find('PROPFIND', '/projects')).toBeUndefined();
  });

  it('tolerates a trailing slash and .json, but no empty segment', () => {
    expect(find('GET', '/projects/')?.[0]).toBe('/projects');
    expect(find('GET', '/projects.json')?.[0]).toBe('/projects');
    expect(find('GET', '/projects/1/jobs/7.json')?.[1]).toEqual({ id: '1', job_id: '7' });
    expect(find('GET', '/projects//jobs/7')).toBeUndefined();
    expect(find('GET', '//projects')).toBeUndefined();
  });

  it.each(['/projects/%zz', '/projects/%FF', '/projects/a%00b'])('refuses %s', (path) => {
    expect(() => router.find('GET', path)).toThrow('answered 400');
  });

  it('does not resolve dots', () => {
    expect(find('GET', '/projects/1/../2')).toBeUndefined();
    expect(find('GET', '/projects/%2e%2e%2fetc')?.[1]).toEqual({ id: '../etc' });
  });

  it('is quick with thousands of segments', () => {
    const started = performance.now();
    expect(find('POST', `/projects/1/ref/${'trigger/'.repeat(8000)}x`)).toBeUndefined();
    expect(find('GET', `/${'info/'.repeat(8000)}x`)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('refuses routes that cannot be told apart, or have two runs', () => {
    expect(() => createRouter([at('GET', '/a/:x'), at('GET', '/a/:y')])).toThrow('Two routes of one shape');
    expect(() => createRouter([at('GET', '/*a/b/*c')])).toThrow('Only one *name');
    expect(() => createRouter([at('GET', 'a')])).toThrow('begins with a slash');
  });
});
