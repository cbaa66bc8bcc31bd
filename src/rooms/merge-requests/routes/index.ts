import type { Route } from '../../../http/index.ts';
import type { ProjectGuards } from '../../projects/index.ts';
import { mergeRequestGuards } from '../guards.ts';
import { approvalRoutes } from './approval-routes.ts';
import { changeRoutes } from './change-routes.ts';
import { commitCommentRoutes } from './commit-comment-routes.ts';
import { commitRoutes } from './commit-routes.ts';
import type { MergeRequestRouteDeps } from './deps.ts';
import { listRoutes } from './list-routes.ts';
import { mergeRoutes } from './merge-routes.ts';
import { noteRoutes } from './note-routes.ts';
import { pipelineRoutes } from './pipeline-routes.ts';
import { readRoutes } from './read-routes.ts';

/** `/merge_requests`, `/groups/:id/merge_requests`, `/projects/:id/merge_requests` and what is below them. */
export const mergeRequestRoutes = (
  parts: Omit<MergeRequestRouteDeps, 'mergeRequestGuards'> & { readonly project: ProjectGuards },
): readonly Route[] => {
  const deps = { ...parts, mergeRequestGuards: mergeRequestGuards(parts) };
  return [
    ...listRoutes(deps),
    ...readRoutes(deps),
    ...changeRoutes(deps),
    ...mergeRoutes(deps),
    ...approvalRoutes(deps),
    ...pipelineRoutes(deps),
    ...noteRoutes(deps),
    ...commitCommentRoutes(deps),
    ...commitRoutes(deps),
  ];
};
