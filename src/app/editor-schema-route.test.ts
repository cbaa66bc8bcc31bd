import { expect, it } from 'vitest';
import { serveRoutes } from '../../test/support/serve-routes.ts';
import { editorSchemaRoute } from './editor-schema-route.ts';

it('serves the schema of the configuration to everybody, and nothing twice', async () => {
  const { url } = await serveRoutes([], { siteRoutes: [editorSchemaRoute()] });
  const first = await fetch(`${url}/-/schemas/gitlab-ci.json`);
  expect(first.status).toBe(200);
  expect(first.headers.get('content-type')).toBe('application/schema+json');
  expect(first.headers.get('cache-control')).toBe('public, max-age=3600');
  expect(await first.json()).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: '.gitlab-ci.yml',
    properties: { stages: { default: ['.pre', 'build', 'test', 'deploy', '.post'] } },
  });
  const tag = first.headers.get('etag') ?? '';
  const again = await fetch(`${url}/-/schemas/gitlab-ci.json`, { headers: { 'If-None-Match': tag } });
  expect([again.status, await again.text()]).toEqual([304, '']);
});
