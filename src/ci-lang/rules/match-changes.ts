import { matchesGlob } from '../globs/index.ts';
import type { ChangesClause } from '../keywords/rule-changes.ts';
import { type RuleContext, RuleError } from './rule-context.ts';

/** Without a diff to look at it holds; an empty diff never does. Throws `RuleError` for an unknown `compare_to`. */
export const changesHold = async (clause: ChangesClause, context: RuleContext): Promise<boolean> => {
  const { variables, repository } = context;
  const compareTo = clause.compareTo === undefined ? undefined : variables.expand(clause.compareTo);
  const changed = await repository.changedFiles(compareTo);
  if (changed === 'invalid_ref') throw new RuleError('rules:changes:compare_to is not a valid ref');
  if (changed === undefined) return true;
  const globs = [...new Set(clause.paths.map((path) => variables.expand(path)))];
  if (changed.length === 0 || globs.length === 0) return false;
  const question = JSON.stringify(['changes', compareTo, ...globs]);
  const known = repository.answers.get(question);
  if (known !== undefined) return known;
  const answer =
    !repository.spend(changed.length * globs.length) ||
    changed.some((path) => globs.some((glob) => matchesGlob(glob, path)));
  repository.answers.set(question, answer);
  return answer;
};
