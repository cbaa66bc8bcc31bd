import type { DecisionTrace } from '../../../ci-lang/index.ts';
import { hideRestricted, presentTrace } from '../../../ci-lang/index.ts';
import type { CreationRefused } from '../create/request.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Explanation } from './explanation.ts';
import type { Reason } from './reason.ts';
import type { Refusal } from './refusal.ts';

/** JSON of why there is a pipeline, or none. Pure. */

export const presentReason = (reason: Reason) => ({
  message: reason.message,
  hint: reason.hint ?? null,
  file: reason.file ?? null,
  line: reason.line ?? null,
  column: reason.column ?? null,
  path: reason.path ?? [],
});

/** Enough to mend a configuration by; all of them stay with the refusal. */
const MOST_REASONS = 100;

/** What a refused creation says beside GitLab's message. */
export const refusalDetails = ({ reasons, refusalId }: Pick<CreationRefused, 'reasons' | 'refusalId'>) => ({
  reasons: reasons.slice(0, MOST_REASONS).map(presentReason),
  refusal_id: refusalId,
});

/** `whole`: the reader may see values that were set outside of the file. */
export const presentDecisions = (trace: DecisionTrace | undefined, whole: boolean) =>
  trace === undefined
    ? { includes: [], workflow: null, jobs: [] }
    : presentTrace(whole ? trace : hideRestricted(trace));

const isShortened = (explanation: Explanation | undefined): boolean =>
  explanation?.shortened ?? explanation?.trace?.shortened ?? false;

export const presentPipelineWhy = (pipeline: Pipeline, explanation: Explanation | undefined, whole: boolean) => ({
  pipeline_id: pipeline.id,
  iid: pipeline.iid,
  source: pipeline.source,
  ref: pipeline.ref,
  sha: pipeline.sha,
  status: pipeline.status,
  failure_reason: pipeline.failureReason,
  /** False: the pipeline is older than this record. */
  recorded: explanation !== undefined,
  shortened: isShortened(explanation),
  reasons: (explanation?.reasons ?? []).map(presentReason),
  ...presentDecisions(explanation?.trace, whole),
});

export const presentRefusal = (refusal: Refusal) => ({
  id: refusal.id,
  source: refusal.source,
  ref: refusal.ref,
  sha: refusal.sha,
  failure_reason: refusal.failureReason,
  message: refusal.errors,
  user_id: refusal.userId,
  pipeline_id: refusal.pipelineId,
  created_at: refusal.createdAt.toISOString(),
});

export const presentExplainedRefusal = (refusal: Refusal, explanation: Explanation, whole: boolean) => ({
  ...presentRefusal(refusal),
  shortened: isShortened(explanation),
  reasons: explanation.reasons.map(presentReason),
  ...presentDecisions(explanation.trace, whole),
});
