import type { CountRequest } from '../../../http/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import type { ProjectGuards, ProjectSubject, SignedInActor } from '../../projects/index.ts';
import type { AnswerDeps } from '../answer.ts';
import type { CreatePipelineDeps } from '../create/create-pipeline.ts';
import type { DeleteBlobs } from '../delete-pipeline.ts';
import type { PipelineGuards } from '../guards.ts';

/** Everything that the room's routes use. */
export interface PipelineRouteDeps extends CreatePipelineDeps, AnswerDeps {
  readonly vault: Vault;
  readonly guards: PipelineGuards & { readonly project: ProjectGuards };
  readonly deleteBlobs: DeleteBlobs;
  /** Of the list of a project's jobs. */
  readonly countJobsList: CountRequest<ProjectSubject<SignedInActor>>;
}
