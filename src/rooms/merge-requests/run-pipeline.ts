import type { User } from '../accounts/index.ts';
import { type CreatePipelineResult, createPipeline } from '../pipelines/index.ts';
import { findRole, type Project } from '../projects/index.ts';
import { claimPipeline } from './change-store.ts';
import type { ChangeDeps } from './deps.ts';
import type { MergeRequest } from './merge-request.ts';
import { factsOfMergeRequest } from './merge-request-facts.ts';

/** Whether there is something to run a pipeline for. */
export const hasCommits = ({ sha, baseSha }: Pick<MergeRequest, 'sha' | 'baseSha'>): boolean => sha !== baseSha;

/**
 * A pipeline on the head of the source branch. `onceForHead`: only if none has been asked for since the head came (`repeated`
 * otherwise), whatever crashes in between.
 */
export const runMergeRequestPipeline = async (
  deps: ChangeDeps,
  project: Project,
  mergeRequest: MergeRequest,
  by: {
    readonly user: User;
    readonly onceForHead: boolean;
    readonly pushOptions?: readonly string[];
  },
): Promise<CreatePipelineResult> => {
  const { id, sha, sourceBranch } = mergeRequest;
  const { user, pushOptions = [] } = by;
  return createPipeline(deps, {
    project,
    user,
    role: await findRole(deps.db, user, project.id, deps.clock.now()),
    source: 'merge_request_event',
    ref: `refs/heads/${sourceBranch}`,
    sha,
    variables: [],
    inputs: {},
    pushOptions,
    ignoreSkipCi: false,
    saveOnErrors: true,
    mergeRequest: { id, facts: await factsOfMergeRequest(deps, project, mergeRequest) },
    ...(by.onceForHead && { claim: (tx) => claimPipeline(tx, id, sha) }),
  });
};
