import type { MergeRequestId, PipelineId } from '../../kit/ids.ts';
import { findProjectById, type Project } from '../projects/index.ts';
import type { ReadDeps } from './deps.ts';
import { judgeMerge } from './judge-merge.ts';
import { isDraft, type MergeRequest, STATE_IDS } from './merge-request.ts';
import { detailedMergeStatus, mergeStatus } from './merge-status.ts';
import { webUrlOf } from './present.ts';
import { findMergeRequest } from './store.ts';

/** A merge request with all that has to be looked up or worked out for telling others of it. */
export interface DescribedMergeRequest {
  readonly mergeRequest: MergeRequest;
  /** Of both branches. */
  readonly project: Project;
  readonly headPipelineId: PipelineId | null;
  readonly mergeStatus: string;
  readonly detailedMergeStatus: string;
  readonly draft: boolean;
  /** GitLab's number of the state. */
  readonly stateId: number;
  readonly webUrl: string;
}

/** Undefined: it is gone, or its project is. Asks git, so it is not for transactions. `baseUrl`: `https://host/root`. */
export const describeMergeRequest = async (
  deps: ReadDeps,
  id: MergeRequestId,
  baseUrl: string,
): Promise<DescribedMergeRequest | undefined> => {
  const mergeRequest = await findMergeRequest(deps.db, id);
  const project = mergeRequest && (await findProjectById(deps.db, mergeRequest.projectId));
  if (mergeRequest === undefined || project === undefined) return undefined;
  const { facts, headPipeline } = await judgeMerge(deps, project, mergeRequest);
  return {
    mergeRequest,
    project,
    headPipelineId: headPipeline?.id ?? null,
    mergeStatus: mergeStatus(facts),
    detailedMergeStatus: detailedMergeStatus(project, mergeRequest, facts),
    draft: isDraft(mergeRequest.title),
    stateId: STATE_IDS[mergeRequest.state],
    webUrl: webUrlOf(baseUrl, project, mergeRequest.iid),
  };
};
