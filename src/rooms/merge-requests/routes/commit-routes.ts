import { pageOf, pageReply, pagingParams, type Route, route, string } from '../../../http/index.ts';
import { forbidden, notFound } from '../../../kit/errors.ts';
import { actingUser } from '../../accounts/index.ts';
import { can } from '../../projects/index.ts';
import { findCommit } from '../../repositories/index.ts';
import { answerMergeRequests } from '../answer.ts';
import { findIidsOfCommit } from '../find-iids-of-commit.ts';
import { countMergeRequests, listMergeRequests } from '../list-store.ts';
import type { MergeRequestRouteDeps } from './deps.ts';

/** Merge requests by commit: how a job on a branch finds the one that it came from. */
export const commitRoutes = (deps: MergeRequestRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/projects/:id/repository/commits/:sha/merge_requests',
    summary: 'List the merge requests that a commit belongs to, the newest first',
    params: { sha: string({ required: true, description: 'Sha, branch or tag' }), ...pagingParams },
    guard: deps.mergeRequestGuards.project('download_code', { jobToken: 'READ_REPOSITORIES' }),
    handler: async ({ subject: { actor, project, role }, params, request }) => {
      if (!can(actor, 'read_merge_request', project, role)) throw forbidden();
      const commit = await findCommit(deps.repositories, project, params.sha);
      if (commit === undefined) throw notFound('Commit');
      const page = pageOf(params);
      const iids = await findIidsOfCommit(deps, project, commit.sha);
      if (iids.length === 0) return pageReply(request, page, [], { total: 0 });
      const viewer = { user: actingUser(actor), now: deps.clock.now() };
      const filter = { place: { kind: 'project', id: project.id }, iids } as const;
      const order = { column: 'created_at', direction: 'desc' } as const;
      const found = await listMergeRequests(deps.db, viewer, filter, order, page);
      const rows = await answerMergeRequests(deps, found, request, { recheck: false });
      return pageReply(request, page, rows, { total: await countMergeRequests(deps.db, viewer, filter) });
    },
  }),
];
