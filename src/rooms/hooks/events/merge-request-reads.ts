import type { MergeRequestId, UserId } from '../../../kit/ids.ts';
import { findUsersByIds } from '../../accounts/index.ts';
import { type DescribedMergeRequest, describeMergeRequest } from '../../merge-requests/index.ts';
import { isProtected } from '../../projects/index.ts';
import { findCommit } from '../../repositories/index.ts';
import type { MergeRequestBelongings } from '../payloads/merge-request-block.ts';
import type { PayloadDeps } from './event-definition.ts';
import { perPageKey } from './per-page.ts';
import { protectedRefsOfPage } from './shared-reads.ts';

/** Undefined: gone meanwhile. */
export const mergeRequestOfPage = perPageKey((deps, id: MergeRequestId) =>
  describeMergeRequest(deps, id, deps.server.externalUrl),
);

/** What its payloads tell besides. `others`: further users that they name. */
export const belongingsOf = async (
  deps: PayloadDeps,
  { mergeRequest, project }: DescribedMergeRequest,
  others: readonly UserId[] = [],
): Promise<MergeRequestBelongings> => {
  const ids = new Set([...mergeRequest.assigneeIds, ...mergeRequest.reviewerIds, ...others]);
  const users = await findUsersByIds(deps.db, [...ids]);
  return {
    users: new Map(users.map((user) => [user.id, user])),
    commit: await findCommit(deps.repositories, project, mergeRequest.sha),
    targetProtected: isProtected(await protectedRefsOfPage(deps, project.id), mergeRequest.targetBranch, 'branch'),
    baseUrl: deps.server.externalUrl,
  };
};
