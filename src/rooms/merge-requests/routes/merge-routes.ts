import { accepted, boolean, created, Halt, messageReply, ok, type Route, route, string } from '../../../http/index.ts';
import { conflict } from '../../../kit/errors.ts';
import { answerMergeRequest } from '../answer.ts';
import { mergeWhenPipelineSucceeds } from '../auto-merge.ts';
import { endAutoMerge, updateMergeRequest } from '../change-store.ts';
import { mergeNow } from '../merge.ts';
import type { MergeOptions, MergeRequest } from '../merge-request.ts';
import { squashesOnMerge } from '../merge-request-facts.ts';
import { rebase } from '../rebase.ts';
import { findMergeRequest } from '../store.ts';
import type { MergeRequestRouteDeps } from './deps.ts';

/** Throws 409 when somebody has pushed since the caller looked. */
export const checkSha = (mergeRequest: Pick<MergeRequest, 'sha'>, sha: string | undefined): void => {
  if (sha === undefined || sha === '' || sha === mergeRequest.sha) return;
  throw conflict(`SHA does not match HEAD of source branch: ${mergeRequest.sha}`);
};

const presence = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);

/** Merging, now or later. */
export const mergeRoutes = (deps: MergeRequestRouteDeps): readonly Route[] => [
  route({
    method: 'PUT',
    path: '/projects/:id/merge_requests/:merge_request_iid/merge',
    summary: 'Merge a merge request, now or when its pipeline has succeeded',
    params: {
      merge_commit_message: string(),
      squash_commit_message: string(),
      should_remove_source_branch: boolean(),
      auto_merge: boolean({ description: 'When its pipeline has succeeded' }),
      merge_when_pipeline_succeeds: boolean({ description: 'Older name of auto_merge' }),
      sha: string({ description: 'The head that is meant; another one is 409' }),
      squash: boolean(),
    },
    guard: deps.mergeRequestGuards.change('merge'),
    handler: async ({ subject, params, request }) => {
      const { actor, project, role, mergeRequest } = subject;
      checkSha(mergeRequest, params.sha);
      const options: MergeOptions = {
        squash: squashesOnMerge(project, { squash: params.squash ?? mergeRequest.squash }),
        removeSourceBranch: params.should_remove_source_branch ?? mergeRequest.removeSourceBranch,
        mergeCommitMessage: presence(params.merge_commit_message),
        squashCommitMessage: presence(params.squash_commit_message),
      };
      const by = { userId: actor.user.id, at: deps.clock.now() };
      if (params.squash === true && !mergeRequest.squash) {
        await deps.db.transaction().execute((tx) => updateMergeRequest(tx, mergeRequest.id, { squash: true }, by));
      }
      const merger = { project, user: actor.user, role };
      const waits = params.auto_merge === true || params.merge_when_pipeline_succeeds === true;
      const merged = await (waits ? mergeWhenPipelineSucceeds : mergeNow)(deps, merger, mergeRequest, options);
      return ok(await answerMergeRequest(deps, subject, project, merged, request));
    },
  }),
  route({
    method: 'POST',
    path: '/projects/:id/merge_requests/:merge_request_iid/cancel_merge_when_pipeline_succeeds',
    summary: 'Merge it no more when its pipeline has succeeded',
    params: {},
    guard: deps.mergeRequestGuards.change('cancel_merge'),
    handler: async ({ subject, request }) => {
      const { project, mergeRequest } = subject;
      if (mergeRequest.autoMerge === null) throw new Halt(messageReply(406, "Can't cancel the automatic merge"));
      await endAutoMerge(deps.db, mergeRequest, { mergeError: null, at: deps.clock.now() });
      const now = (await findMergeRequest(deps.db, mergeRequest.id)) ?? mergeRequest;
      return created(await answerMergeRequest(deps, subject, project, now, request));
    },
  }),
  route({
    method: 'PUT',
    path: '/projects/:id/merge_requests/:merge_request_iid/rebase',
    summary: 'Put the commits of the source branch on top of the target branch',
    params: { skip_ci: boolean({ default: false }) },
    guard: deps.mergeRequestGuards.change('rebase'),
    handler: async ({ subject, params }) => {
      const { actor, project, mergeRequest } = subject;
      await rebase(deps, project, actor.user, mergeRequest, { skipCi: params.skip_ci });
      return accepted({ rebase_in_progress: false });
    },
  }),
];
