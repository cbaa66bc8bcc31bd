import { RE2JS } from 're2js';
import { matchesWildcard } from '../../kit/wildcard.ts';
import { isCreatableRefName } from '../../platform/git/index.ts';
import type { HookSettings } from './hook.ts';

export type BranchFilter = Pick<HookSettings, 'pushEventsBranchFilter' | 'branchFilterStrategy'>;

const MAX_LENGTH = 4000;

const compile = (expression: string): RE2JS | undefined => {
  try {
    return RE2JS.compile(expression);
  } catch {
    return undefined;
  }
};

/**
 * Whether a hook with this filter hears of pushes to the branch. `wildcard`: the whole name, `*` stands for any run of
 * characters; `regex`: RE2, found anywhere in the name; a blank filter lets every branch through. Pure.
 */
export const passesBranchFilter = (filter: BranchFilter, branch: string): boolean => {
  const { pushEventsBranchFilter: text, branchFilterStrategy: strategy } = filter;
  if (strategy === 'all_branches' || text === null || text.trim() === '') return true;
  return strategy === 'wildcard' ? matchesWildcard(text, branch) : compile(text)?.matcher(branch).find() === true;
};

/** Whether a filter may be kept: a wildcard must look like a branch once each `*` is a letter, a regex must be RE2. Pure. */
export const isBranchFilter = (filter: BranchFilter): boolean => {
  const { pushEventsBranchFilter: text, branchFilterStrategy: strategy } = filter;
  if (strategy === 'all_branches' || text === null || text.trim() === '') return true;
  if (text.length > MAX_LENGTH) return false;
  return strategy === 'wildcard' ? isCreatableRefName(text.replaceAll('*', 'x')) : compile(text) !== undefined;
};
