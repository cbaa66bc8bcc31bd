import { describe, expect, it } from 'vitest';
import { type CompileResult, compile, type Diagnostic, lint } from '../../src/ci-lang/index.ts';
import { describeJobs, wantedJobs } from './describe-jobs.ts';
import { prepareScenario, withMerged } from './prepare-scenario.ts';
import { listProjectFolders, readProjectFolder } from './project-folder.ts';
import { type PipelineScenario, readScenario } from './scenario.ts';

// What a folder is made of: README.md.

for (const name of listProjectFolders()) {
  const folder = readProjectFolder(name);
  const { warnings, pipelines } = readScenario(folder.scenario);

  describe(name, () => {
    it.each(pipelines)('$title', async ({ source, facts, expected }: PipelineScenario) => {
      const { input, host } = prepareScenario(folder, source, facts);
      const compiled = await compile({ ...input, purpose: 'lint' }, host);
      expectVerdict(compiled, expected);
      // Keywords whose effect is not built are refused at creation, and nothing else that lint lets pass.
      const created = await compile({ ...input, purpose: 'create' }, host);
      if (!errorsOf(created).some(isUnsupported)) expect(verdictOf(created)).toEqual(verdictOf(compiled));

      const checked = await lint(input, host);
      expect(messagesOf(checked.errors)).toEqual(expected['errors'] ?? []);
      if (compiled.kind === 'config_error') return;
      const merged = await compile({ ...withMerged(input, checked.mergedYaml ?? ''), purpose: 'lint' }, host);
      expect(verdictOf(merged)).toEqual(verdictOf(compiled));
      if (compiled.kind !== 'compiled') return;
      expect(checked.jobs.map((job) => job.name)).toEqual(
        expect.arrayContaining(compiled.pipeline.jobs.map((job) => job.name)),
      );
      const { name: title, autoCancel } = compiled.pipeline;
      if ('name' in expected) expect(title).toBe(expected['name']);
      if ('auto_cancel' in expected) expect(autoCancel).toEqual(expected['auto_cancel']);
      const wanted = wantedJobs(expected['jobs']);
      expect(describeJobs(compiled.pipeline, wanted)).toEqual(wanted);
    });

    it('makes lint warn of what it should', async () => {
      const first = pipelines.find(({ source }) => source.kind === 'file');
      const { input, host } = prepareScenario(folder, { kind: 'file', path: '.gitlab-ci.yml' }, first?.facts ?? {});
      const checked = await lint(input, host);
      expect(messagesOf(checked.warnings.filter((warning) => !isUnsupported(warning)))).toEqual(warnings);
    });
  });
}

const isUnsupported = ({ message }: Diagnostic): boolean =>
  message.endsWith('is not supported by this version of Penstock');

const errorsOf = (result: CompileResult): readonly Diagnostic[] =>
  result.kind === 'config_error' ? result.errors : [];

const messagesOf = (diagnostics: readonly Diagnostic[]): readonly string[] => diagnostics.map(({ message }) => message);

const verdictOf = (result: CompileResult): unknown => (result.kind === 'compiled' ? result.pipeline : result.kind);

const expectVerdict = (result: CompileResult, expected: PipelineScenario['expected']): void => {
  expect(messagesOf(errorsOf(result))).toEqual(expected['errors'] ?? []);
  if (!('errors' in expected)) expect(result.kind).toBe(expected['result'] ?? 'compiled');
};
