import type { PipelineId } from '../../kit/ids.ts';
import { updateRefsQuickly, ZERO_SHA } from '../../platform/git/index.ts';
import { type HasRepository, type RepositoryDeps, repositoryOf } from './repositories.ts';

/** The persistent ref of a pipeline: runners fetch its commit by it even when the branch is gone. */
export const pipelineRef = (id: PipelineId): string => `refs/pipelines/${Math.trunc(id)}`;

/**
 * Makes `refs/pipelines/<id>` for pipelines of a project, all or none; again with the same sha does nothing. Throws when a
 * commit is not there.
 */
export const createPipelineRefs = (
  deps: RepositoryDeps,
  project: HasRepository,
  pipelines: readonly { readonly id: PipelineId; readonly sha: string }[],
): Promise<void> =>
  updateRefsQuickly(
    repositoryOf(deps, project),
    pipelines.map(({ id, sha }) => ({ ref: pipelineRef(id), new: sha })),
  );

/** Removes the pipeline's ref, if there is one. */
export const deletePipelineRef = (deps: RepositoryDeps, project: HasRepository, id: PipelineId): Promise<void> =>
  updateRefsQuickly(repositoryOf(deps, project), [{ ref: pipelineRef(id), new: ZERO_SHA }]);
