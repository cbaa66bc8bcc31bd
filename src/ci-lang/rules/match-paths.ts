import { existsAnyPath, matchesAnyPath } from '../globs/index.ts';
import type { ChangesClause } from '../keywords/rule-changes.ts';
import type { ExistsClause } from '../keywords/rule-exists.ts';
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
  return repository.answer(['changes', compareTo ?? '', ...globs], globs, changed, matchesAnyPath);
};

/** Whether the commit has a file for one of the patterns. */
export const existsHolds = async (clause: ExistsClause, context: RuleContext): Promise<boolean> => {
  const { variables, repository } = context;
  if (clause.paths.length === 0) return false;
  const globs = clause.paths.map((path) => variables.expand(path));
  return repository.answer(['exists', ...globs], globs, await repository.listFiles(), existsAnyPath);
};

/** `only:changes`: as `rules:changes`, but the patterns are taken as they are written. */
export const policyChangesHold = async (globs: readonly string[], { repository }: RuleContext): Promise<boolean> => {
  const changed = await repository.changedFiles();
  if (changed === undefined || changed === 'invalid_ref') return true;
  return repository.answer(['changes', '', ...globs], globs, changed, matchesAnyPath);
};
