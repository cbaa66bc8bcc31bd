import { compileRegex, metered } from '../expressions/index.ts';
import type { PathsAnswer } from '../globs/index.ts';
import { LIMITS } from '../limits.ts';
import type { Repository } from './repository.ts';
import { RuleError } from './rule-context.ts';

/** GitLab's bound of patterns × paths: beyond it the answer is yes without looking. */
const MAX_COMPARISONS = 50_000;
/** Steps of a regular expression's program that take as long as a comparison with a glob; and those of the start. */
const STEPS_PER_COMPARISON = 60;
const STEPS_OF_A_START = 20;
/** Characters of a usual path. */
const PATH_LENGTH = 50;

/**
 * Whether any path matches a regular expression (RE2, unanchored). Throws `RuleError` when it is none; `where`:
 * `rules:changes`.
 */
export const matchRegexp = (
  where: string,
  pattern: string,
  paths: readonly string[],
  question: readonly string[],
  repository: Repository,
): PathsAnswer => {
  if (pattern.length > LIMITS.ruleRegexpLength) {
    throw new RuleError(`${where}:regexp is too long (maximum is ${LIMITS.ruleRegexpLength} characters)`);
  }
  const regex = metered(repository.regexes, () => compileRegex(pattern));
  if (regex === undefined) throw new RuleError(`${where}:regexp is not a valid regular expression`);
  const weight = Math.ceil(((regex.size + STEPS_OF_A_START) * PATH_LENGTH) / STEPS_PER_COMPARISON);
  const find = (): PathsAnswer => {
    if (paths.length > MAX_COMPARISONS) return { because: 'too_many_to_compare' };
    const path = paths.find(regex.test);
    return path === undefined ? { because: 'no_path_matches' } : { because: 'path_matches', path };
  };
  return repository.answer([...question, 'regexp', pattern], [pattern], paths, find, () => weight);
};
