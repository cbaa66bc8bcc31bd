import type { CompileHost } from '../compile-types.ts';
import { LIMITS } from '../limits.ts';

/** The files and changes of the pipeline's commit; each question goes to the host once. */
export interface Repository {
  readonly readFile: (path: string) => Promise<string | undefined>;
  /** Sorted. */
  readonly listFiles: () => Promise<readonly string[]>;
  readonly changedFiles: CompileHost['changedFiles'];
  /** Answers of `changes` and `exists` so far, by question: many jobs ask the same. */
  readonly answers: Map<string, boolean>;
  /** Counts comparisons of paths with patterns; false when there were too many. */
  readonly spend: (comparisons: number) => boolean;
}

export const askOnce = (host: CompileHost): Repository => {
  const texts = new Map<string, Promise<string | undefined>>();
  const changes = new Map<string | undefined, ReturnType<CompileHost['changedFiles']>>();
  let files: Promise<readonly string[]> | undefined;
  let comparisons = 0;
  return {
    readFile: (path) => remember(texts, path, () => host.readLocalFile(path)),
    listFiles: () => {
      files ??= host.listFiles().then((paths) => paths.toSorted());
      return files;
    },
    changedFiles: (compareTo) => remember(changes, compareTo, () => host.changedFiles(compareTo)),
    answers: new Map(),
    spend: (more) => {
      comparisons += more;
      return more <= LIMITS.ruleComparisons && comparisons <= LIMITS.pipelineComparisons;
    },
  };
};

const remember = <Key, Value>(known: Map<Key, Value>, key: Key, ask: () => Value): Value => {
  const value = known.get(key) ?? ask();
  known.set(key, value);
  return value;
};
