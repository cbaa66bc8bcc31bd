import type { HasRepository, RepositoryDeps } from '../repositories/index.ts';
import { findBranch, findTag } from '../repositories/index.ts';
import { isFullRef } from './schedule-policy.ts';

/**
 * The full name of a branch or tag. One that is full stays as it is, whether it is there or not; a short one that is
 * both or neither stays short, which no schedule may have.
 */
export const expandRef = async (deps: RepositoryDeps, project: HasRepository, ref: string): Promise<string> => {
  if (isFullRef(ref) || ref.trim() === '') return ref;
  const [branch, tag] = await Promise.all([findBranch(deps, project, ref), findTag(deps, project, ref)]);
  if (branch !== undefined && tag !== undefined) return ref;
  return (branch ?? tag)?.fullRef ?? ref;
};
