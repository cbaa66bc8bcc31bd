import { describe, expect, it } from 'vitest';
import type { CompileResult } from '../../src/ci-lang/index.ts';
import { compileScenario } from './compile-scenario.ts';
import { describeJobs, wantedJobs } from './describe-jobs.ts';
import { listProjectFolders, readProjectFolder } from './project-folder.ts';
import { type PipelineScenario, readScenario } from './scenario.ts';

// What a folder is made of: README.md.

/** What the compiler does not know yet → folders that use it. */
const WAITS_FOR: Readonly<Record<string, readonly string[]>> = {
  components: ['component-consumer'],
  'files of other projects': ['reference-library', 'shared-files-of-a-project'],
  inputs: ['pipeline-with-inputs', 'template-with-inputs'],
  'needs of other pipelines': ['artifacts-from-elsewhere'],
  'remote files': ['remote-files'],
  'resource groups': [
    'android-app',
    'chatops-commands',
    'deploy-queues',
    'embedded-firmware',
    'ios-app',
    'kubernetes-review-apps',
    'machine-learning',
    'terraform-environments',
  ],
  start_in: ['delayed-rollout', 'nightly-suite'],
  templates: ['template-of-the-product'],
  'trigger jobs': [
    'defaults-and-inheritance',
    'dynamic-child-pipelines',
    'helm-gitops-promotion',
    'monorepo-children',
    'multi-project-release-train',
  ],
};
const WAITING = new Set(Object.values(WAITS_FOR).flat());

for (const name of listProjectFolders().filter((folder) => !WAITING.has(folder))) {
  const folder = readProjectFolder(name);
  const { warnings, pipelines } = readScenario(folder.scenario);

  describe(name, () => {
    it.each(pipelines)('$title', async ({ source, facts, expected }: PipelineScenario) => {
      const linted = await compileScenario(folder, source, facts, 'lint');
      const created = await compileScenario(folder, source, facts, 'create');
      expectVerdict(linted, expected);
      // Keywords whose effect is not built are refused at creation, and nothing else that lint lets pass.
      if (messagesOf(created).some((message) => !isUnsupported(message))) expectVerdict(created, expected);
      if (linted.kind !== 'compiled') return;
      const { name: title, autoCancel } = linted.pipeline;
      if ('name' in expected) expect(title).toBe(expected['name']);
      if ('auto_cancel' in expected) expect(autoCancel).toEqual(expected['auto_cancel']);
      const wanted = wantedJobs(expected['jobs']);
      expect(describeJobs(linted.pipeline, wanted)).toEqual(wanted);
      if (created.kind === 'compiled') expect(created.pipeline).toEqual(linted.pipeline);
    });

    it('makes lint warn of what it should', async () => {
      const first = pipelines.find(({ source }) => source.kind === 'file');
      const result = await compileScenario(
        folder,
        { kind: 'file', path: '.gitlab-ci.yml' },
        first?.facts ?? {},
        'lint',
      );
      const found = result.warnings.map(({ message }) => message).filter((message) => !isUnsupported(message));
      expect(found).toEqual(warnings);
    });
  });
}

const isUnsupported = (message: string): boolean => message.endsWith('is not supported by this version of Penstock');

const messagesOf = (result: CompileResult): readonly string[] =>
  result.kind === 'config_error' ? result.errors.map(({ message }) => message) : [];

const expectVerdict = (result: CompileResult, expected: PipelineScenario['expected']): void => {
  expect(messagesOf(result)).toEqual(expected['errors'] ?? []);
  if (!('errors' in expected)) expect(result.kind).toBe(expected['result'] ?? 'compiled');
};
