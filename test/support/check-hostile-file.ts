import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import {
  type CompileHost,
  type CompileInput,
  type CompileResult,
  compile,
  type Diagnostic,
  presentTrace,
} from '../../src/ci-lang/index.ts';
import { languageHost } from './language-host.ts';

const scope = { below: [{ key: 'CI_COMMIT_BRANCH', value: 'main' }], above: [{ key: 'A', value: 'a' }] };

const inputOf = (content: string): CompileInput => ({
  purpose: 'create',
  content,
  path: '.gitlab-ci.yml',
  facts: { source: 'push', ref: 'main', tag: false, branch: 'main' },
  inputs: {},
  variables: { pipeline: scope, forJob: () => scope },
});

/** A world in which every file has this content. */
export const hostOf = (content: string): CompileHost =>
  languageHost({
    readLocalFile: (path) => Promise.resolve(path.endsWith('.yml') ? content : undefined),
    listFiles: () => Promise.resolve(['.gitlab-ci.yml', 'src/a.ts']),
    findProject: () => Promise.resolve({ kind: 'found', place: { project: 'group/lib', sha: 'lib' } }),
    listTags: () => Promise.resolve(['1.0.0']),
    fetchText: () => Promise.resolve({ kind: 'text', text: content, sha256: '' }),
    readTemplate: () => Promise.resolve({ kind: 'found', text: content }),
    changedFiles: () => Promise.resolve(['src/a.ts']),
    identifyFiles: (questions) => Promise.resolve(questions.map(({ path }) => path)),
  });

/** Every answer is a whole pipeline, or says something with a place. Says what is wrong with it. */
const problemOf = (result: CompileResult): string | undefined => {
  if (result.kind === 'config_error') {
    const bad = result.errors.find(
      ({ message, file }) =>
        message === '' || file === '' || /undefined(?! (?:need|dependency|tag handle|inputs))|\[object/.test(message),
    );
    return bad === undefined ? undefined : `not a sentence: ${bad.message}`;
  }
  if (result.kind !== 'compiled') return undefined;
  const { jobs, stages } = result.pipeline;
  const lost = jobs.find(({ stage, stageIndex }) => stages[stageIndex] !== stage);
  if (lost !== undefined) return `stage of ${lost.name}`;
  const few = jobs.slice(0, 20);
  return isDeepStrictEqual(JSON.parse(JSON.stringify(few)), few) ? undefined : 'not plain JSON';
};

/** Compiles within the time, counted in this thread's own work; what comes out of it is no endless text. */
export const checkHostileFile = async (
  content: string,
  host: CompileHost = hostOf(content),
): Promise<CompileResult> => {
  const before = process.threadCpuUsage();
  const result = await compile(inputOf(content), host);
  const { user } = process.threadCpuUsage(before);
  expect(user / 1000).toBeLessThan(2000);
  expect(problemOf(result)).toBeUndefined();
  expect(lengthOf(result)).toBeLessThan(32 * 1024 * 1024);
  return result;
};

const lengthOf = ({ trace, ...result }: CompileResult): number => {
  const errors: readonly Diagnostic[] = result.kind === 'config_error' ? result.errors : [];
  return JSON.stringify([...errors, ...result.warnings]).length + JSON.stringify(presentTrace(trace)).length;
};
