import type { PipelineId, ProjectId, UserId } from '../../../kit/ids.ts';
import type { Explanation } from './explanation.ts';

/** A request for a pipeline that came to nothing, as it is kept. */
export interface Refusal {
  readonly id: number;
  readonly projectId: ProjectId;
  readonly userId: UserId | null;
  /** The failed pipeline that was kept. */
  readonly pipelineId: PipelineId | null;
  readonly source: string;
  /** As it was asked for. */
  readonly ref: string;
  readonly sha: string | null;
  readonly failureReason: string | null;
  /** GitLab's error map: `{base: ['Reference not found']}`. */
  readonly errors: Readonly<Record<string, readonly string[]>>;
  readonly createdAt: Date;
}

export type NewRefusal = Omit<Refusal, 'id' | 'createdAt'>;

export interface ExplainedRefusal {
  readonly refusal: Refusal;
  readonly explanation: Explanation;
}
