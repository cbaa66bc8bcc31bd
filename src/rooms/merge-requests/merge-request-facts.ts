import type { MergeRequestId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { findUsersByIds } from '../accounts/index.ts';
import { findProtectedRefs, isProtected, type Project } from '../projects/index.ts';
import type { MergeRequestFacts, ServerFacts } from '../variables/index.ts';
import { countApprovals } from './approval-store.ts';
import { isDraft, type MergeRequest } from './merge-request.ts';
import { findMergeRequest } from './store.ts';

interface FactsDeps {
  readonly db: Db;
  readonly server: ServerFacts;
}

/** What the variables of its pipelines say of a merge request. */
export const factsOfMergeRequest = async (
  deps: FactsDeps,
  project: Project,
  mergeRequest: MergeRequest,
): Promise<MergeRequestFacts> => {
  const [rules, assignees, approvals] = await Promise.all([
    findProtectedRefs(deps.db, project.id),
    findUsersByIds(deps.db, mergeRequest.assigneeIds),
    countApprovals(deps.db, mergeRequest.id),
  ]);
  const { sourceBranch, targetBranch } = mergeRequest;
  return {
    id: mergeRequest.id,
    iid: mergeRequest.iid,
    title: mergeRequest.title,
    description: mergeRequest.description,
    draft: isDraft(mergeRequest.title),
    labels: mergeRequest.labels,
    assignees: assignees.map(({ username }) => username),
    approved: approvals > 0,
    squash: squashesOnMerge(project, mergeRequest),
    sourceBranch,
    sourceBranchProtected: isProtected(rules, sourceBranch, 'branch'),
    targetBranch,
    targetBranchProtected: isProtected(rules, targetBranch, 'branch'),
    diffId: mergeRequest.diffId,
    diffBaseSha: mergeRequest.baseSha,
    project: { id: project.id, fullPath: project.fullPath, url: `${deps.server.externalUrl}/${project.fullPath}` },
  };
};

/** The project's word goes before the merge request's. */
export const squashesOnMerge = (
  { squashOption }: Pick<Project, 'squashOption'>,
  { squash }: Pick<MergeRequest, 'squash'>,
): boolean => {
  if (squashOption === 'always' || squashOption === 'never') return squashOption === 'always';
  return squash;
};

/** The answers to what lower rooms ask of merge requests. */
export const mergeRequestQuestions = (deps: FactsDeps) => ({
  findMergeRequestFacts: async (project: Project, id: MergeRequestId): Promise<MergeRequestFacts | undefined> => {
    const found = await findMergeRequest(deps.db, id);
    return found && factsOfMergeRequest(deps, project, found);
  },
  findOpenMergeRequests: async (project: Project, branch: string): Promise<readonly string[]> => {
    const rows = await deps.db
      .selectFrom('merge_requests')
      .select('iid')
      .where('project_id', '=', project.id)
      .where('source_branch', '=', branch)
      .where('state', '=', 'opened')
      .orderBy('id', 'desc')
      .limit(MAX_REFERENCES)
      .execute();
    return rows.map(({ iid }) => `${project.fullPath}!${iid}`);
  },
});

const MAX_REFERENCES = 4;
