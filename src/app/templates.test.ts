import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { languageHost } from '../../test/support/language-host.ts';
import { type CompileInput, compile } from '../ci-lang/index.ts';
import { TemplateFolder } from './template-folder.ts';

const FOLDER = join(import.meta.dirname, '../../templates');
const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yml'));
const templates = new TemplateFolder(FOLDER);

const inputOf = (template: string): CompileInput => {
  const predefined = { CI_COMMIT_BRANCH: 'main', CI_DEFAULT_BRANCH: 'main', CI_PROJECT_DIR: '/builds/project' };
  const below = Object.entries(predefined).map(([key, value]) => ({ key, value }));
  const scope = { below, above: [] };
  return {
    purpose: 'create',
    content: `include: {template: ${template}}\nown: {stage: .post, script: x}\n`,
    path: '.gitlab-ci.yml',
    facts: { source: 'push', ref: 'main', tag: false, branch: 'main' },
    inputs: {},
    variables: { pipeline: scope, forJob: () => scope },
  };
};

const host = languageHost({
  readTemplate: (name) => templates.read(name),
  listFiles: () => Promise.resolve(['Dockerfile', 'test.sh', 'spec/a_spec.rb']),
});

describe('the templates', () => {
  it.each(names)('%s compiles, with every job of its own', async (name) => {
    const result = await compile(inputOf(name), host);
    expect(result.kind === 'config_error' ? result.errors : []).toEqual([]);
    expect(result.warnings).toEqual([]);
    expect(result.trace.workflow?.outcome).toBe('included');
    // A template of a workflow has no jobs, and a pipeline cannot be of `.post` alone.
    expect(result.kind).toBe(name.startsWith('Workflows/') ? 'filtered_by_rules' : 'compiled');
  });

  it('are told by name to whoever asks for one that is not there', async () => {
    const result = await compile(inputOf('jobs/nodejs.gitlab-ci.yml'), host);
    expect(result.kind === 'config_error' && result.errors[0]).toMatchObject({
      message: 'Included file `jobs/nodejs.gitlab-ci.yml` is empty or does not exist!',
      hint: 'Did you mean `Nodejs.gitlab-ci.yml`?',
    });
    const other = await compile(inputOf('Auto-DevOps.gitlab-ci.yml'), host);
    expect(other.kind === 'config_error' && other.errors[0].hint).toContain(
      '`Workflows/Branch-Pipelines.gitlab-ci.yml`',
    );
  });

  it('are read from their folder only', async () => {
    expect((await templates.read('../README.md')).kind).toBe('unknown');
    expect((await templates.read('README.md')).kind).toBe('unknown');
  });
});
