import type { CompileHost } from '../compile-types.ts';
import type { PathsAnswer } from '../globs/index.ts';
import { LIMITS } from '../limits.ts';

type MatchPaths = (patterns: readonly string[], paths: readonly string[]) => PathsAnswer;

/** The files and changes of the pipeline's commit; each question goes to the host once. */
export interface Repository {
  readonly readFile: (path: string) => Promise<string | undefined>;
  readonly listFiles: () => Promise<readonly string[]>;
  readonly changedFiles: CompileHost['changedFiles'];
  readonly identifyFiles: CompileHost['identifyFiles'];
  /** Whether any path matches, worked out once per question: many jobs ask the same. Yes when it would take too long. */
  readonly answer: (
    question: readonly string[],
    patterns: readonly string[],
    paths: readonly string[],
    match: MatchPaths,
  ) => PathsAnswer;
}

export const askOnce = (host: CompileHost): Repository => {
  const texts = new Map<string, Promise<string | undefined>>();
  const changes = new Map<string | undefined, ReturnType<CompileHost['changedFiles']>>();
  const answers = new Map<string, PathsAnswer>();
  let files: Promise<readonly string[]> | undefined;
  let comparisons = 0;
  return {
    readFile: (path) => remember(texts, path, () => host.readLocalFile(path)),
    listFiles: () => {
      files ??= host.listFiles();
      return files;
    },
    identifyFiles: (questions) => host.identifyFiles(questions),
    changedFiles: (compareTo) => remember(changes, compareTo, () => host.changedFiles(compareTo)),
    answer: (question, patterns, paths, match) =>
      remember(answers, JSON.stringify(question), () => {
        comparisons += paths.length * patterns.reduce((sum, pattern) => sum + weightOf(pattern), 0);
        return comparisons > LIMITS.pipelineComparisons ? { because: 'too_many_to_compare' } : match(patterns, paths);
      }),
  };
};

/** How many patterns the braces of one may stand for. */
const weightOf = (pattern: string): number =>
  pattern.includes('{') ? Math.min(1000, 2 ** (pattern.split(',').length - 1)) : 1;

const remember = <Key, Value>(known: Map<Key, Value>, key: Key, ask: () => Value): Value => {
  const value = known.get(key) ?? ask();
  known.set(key, value);
  return value;
};
