import { findRefTarget, isAncestor, type Repository, ZERO_SHA } from '../../platform/git/index.ts';
import type { RefUpdate } from './pushed.ts';

/** Looks at a repository after a crash: which of these updates did git make? */
export const findMovedUpdates = async <U extends RefUpdate>(
  repository: Repository,
  updates: readonly U[],
): Promise<{ readonly moved: readonly U[]; readonly unmoved: readonly U[] }> => {
  const moved: U[] = [];
  const unmoved: U[] = [];
  for (const update of updates) ((await hasMoved(repository, update)) ? moved : unmoved).push(update);
  return { moved, unmoved };
};

const hasMoved = async (repository: Repository, { ref, old, new: to }: RefUpdate): Promise<boolean> => {
  const now = (await findRefTarget(repository, ref)) ?? ZERO_SHA;
  if (now === to) return true;
  if (now === old || to === ZERO_SHA || now === ZERO_SHA) return false;
  // A later push went on from there.
  return isAncestor(repository, to, now);
};
