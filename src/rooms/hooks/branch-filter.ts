import type { RE2JS } from 're2js';
import { boundedRegex } from '../../kit/bounded-regex.ts';
import { matchesWildcard } from '../../kit/wildcard.ts';
import { isCreatableRefName } from '../../platform/git/index.ts';
import type { HookSettings } from './hook.ts';

export type BranchFilter = Pick<HookSettings, 'pushEventsBranchFilter' | 'branchFilterStrategy'>;

const MAX_LENGTH = 4000;

/** Compiled filters that are kept, each of a bounded size: pushes ask for the same ones again and again. */
const MOST_KEPT = 50;
/** The least recently used first. */
const kept = new Map<string, RE2JS | undefined>();

const compile = (expression: string): RE2JS | undefined => {
  if (expression.length > MAX_LENGTH) return undefined;
  const regex = kept.has(expression) ? kept.get(expression) : boundedRegex(expression);
  kept.delete(expression);
  kept.set(expression, regex);
  const oldest = kept.size > MOST_KEPT ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  return regex;
};

/**
 * Whether a hook with this filter hears of pushes to the branch. `wildcard`: the whole name, `*` stands for any run of
 * characters; `regex`: RE2, found anywhere in the name, nowhere when it is none or too large; a blank filter lets every
 * branch through. Pure.
 */
export const passesBranchFilter = (filter: BranchFilter, branch: string): boolean => {
  const { pushEventsBranchFilter: text, branchFilterStrategy: strategy } = filter;
  if (strategy === 'all_branches' || text === null || text.trim() === '') return true;
  return strategy === 'wildcard' ? matchesWildcard(text, branch) : compile(text)?.matcher(branch).find() === true;
};

/** Whether a filter may be kept: a wildcard must look like a branch once each `*` is a letter, a regex must be RE2 and
 * not too large. Pure. */
export const isBranchFilter = (filter: BranchFilter): boolean => {
  const { pushEventsBranchFilter: text, branchFilterStrategy: strategy } = filter;
  if (strategy === 'all_branches' || text === null || text.trim() === '') return true;
  if (text.length > MAX_LENGTH) return false;
  return strategy === 'wildcard' ? isCreatableRefName(text.replaceAll('*', 'x')) : compile(text) !== undefined;
};
