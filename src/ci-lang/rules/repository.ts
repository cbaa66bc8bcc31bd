import type { CompileHost, ConfigPlace } from '../config-host.ts';
import type { RegexMeter } from '../expressions/index.ts';
import type { PathsAnswer } from '../globs/index.ts';
import { LIMITS } from '../limits.ts';
import { takeTurns } from './take-turns.ts';

type MatchPaths = (patterns: readonly string[], paths: readonly string[]) => PathsAnswer;

/** The host, with each question going there once, and what one compilation may still ask of our own machine. */
export interface Repository extends Omit<CompileHost, 'readArtifact' | 'listFiles'> {
  readonly regexes: RegexMeter;
  /** Undefined: the pipeline is nobody's child. */
  readonly readArtifact: CompileHost['readArtifact'];
  /** Of the pipeline's own commit where none is given. */
  readonly listFiles: (place?: ConfigPlace) => Promise<readonly string[]>;
  /** Whether any path matches, worked out once per question: many jobs ask the same. Yes when it would take too long. */
  readonly answer: (
    question: readonly string[],
    patterns: readonly string[],
    paths: readonly string[],
    match: MatchPaths,
    weigh?: WeighPattern,
  ) => PathsAnswer;
}

/** How many comparisons holding the pattern against one path counts for. */
type WeighPattern = (pattern: string) => number;

export const askOnce = (host: CompileHost): Repository => {
  const { serverUrl, home } = host;
  const inTurns = takeTurns(LIMITS.parallelFetches);
  const list = once(host.listFiles);
  const changed = once(host.changedFiles);
  return {
    regexes: { left: LIMITS.allRegexSteps },
    serverUrl,
    home,
    readLocalFile: once(host.readLocalFile),
    listFiles: (place = home) => list(place),
    findProject: once(host.findProject),
    listTags: once(host.listTags),
    fetchText: once((url, options) => inTurns(() => host.fetchText(url, options))),
    readTemplate: once(host.readTemplate),
    readArtifact: host.readArtifact === undefined ? undefined : once(host.readArtifact),
    changedFiles: (compareTo) => changed(compareTo),
    identifyFiles: host.identifyFiles,
    answer: answerOnce(),
  };
};

const answerOnce = (): Repository['answer'] => {
  const answers = new Map<string, PathsAnswer>();
  let comparisons = 0;
  return (question, patterns, paths, match, weigh = alternativesIn) =>
    remember(answers, JSON.stringify(question), () => {
      comparisons += paths.length * patterns.reduce((sum, pattern) => sum + weigh(pattern), 0);
      return comparisons > LIMITS.pipelineComparisons ? { because: 'too_many_to_compare' } : match(patterns, paths);
    });
};

/** How many patterns the braces of one may stand for. */
const alternativesIn: WeighPattern = (pattern) =>
  pattern.includes('{') ? Math.min(1000, 2 ** (pattern.split(',').length - 1)) : 1;

/** A question whose answers are kept by what was asked. */
const once = <Asked extends readonly unknown[], Answer>(ask: (...asked: Asked) => Answer) => {
  const answers = new Map<string, Answer>();
  return (...asked: Asked): Answer => remember(answers, JSON.stringify(asked), () => ask(...asked));
};

const remember = <Key, Value>(known: Map<Key, Value>, key: Key, ask: () => Value): Value => {
  const value = known.get(key) ?? ask();
  known.set(key, value);
  return value;
};
