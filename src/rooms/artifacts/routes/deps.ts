import type { Guard } from '../../../http/index.ts';
import type { AuthenticateDeps } from '../../accounts/index.ts';
import type { AnswerDeps, PipelineGuards, RunnerJobSubject } from '../../pipelines/index.ts';
import type { ProjectGuards } from '../../projects/index.ts';
import type { ReceiveDeps } from '../upload/receive-artifact.ts';

/** Everything that the room's routes use. */
export interface ArtifactRouteDeps extends ReceiveDeps, AnswerDeps {
  readonly guards: PipelineGuards & { readonly project: ProjectGuards };
  readonly runnerJob: Guard<RunnerJobSubject>;
  /** How a job's token is recognised. */
  readonly authenticate: AuthenticateDeps;
}
