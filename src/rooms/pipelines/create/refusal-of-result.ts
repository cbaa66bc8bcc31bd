import type { CompileResult } from '../../../ci-lang/index.ts';
import { FILTERED_MESSAGES, hideRestricted } from '../../../ci-lang/index.ts';
import type { PipelineFailureReason } from '../../../wire/statuses.ts';
import { reasonOfDiagnostic, reasonsOfJobs, reasonsOfWorkflow } from '../why/reason.ts';
import type { CreationRefused } from './request.ts';
import { refuse } from './request.ts';

type Refused = Exclude<CompileResult, { readonly kind: 'compiled' }>;

/** GitLab's sentence for what the compiler refused, with our reasons. */
export function refusalOfResult(result: Refused): CreationRefused {
  const { trace } = result;
  // Reasons reach whoever asked, and the ledger: with a trigger token that is anybody.
  const shown = hideRestricted(trace);
  switch (result.kind) {
    case 'config_error':
      return refuse(result.errors[0].message, {
        failureReason: 'config_error',
        reasons: result.errors.map(reasonOfDiagnostic),
        trace,
      });
    case 'filtered_by_workflow_rules':
      return refuse(FILTERED_MESSAGES[result.kind], {
        failureReason: result.kind,
        reasons: reasonsOfWorkflow(shown),
        trace,
      });
    case 'filtered_by_rules':
      return refuse(FILTERED_MESSAGES[result.kind], {
        failureReason: result.kind,
        reasons: reasonsOfJobs(shown),
        trace,
      });
  }
}

/** Whether a failed pipeline may stand for the refusal. GitLab never keeps one that rules filtered out. */
export const leavesPipeline = (reason: PipelineFailureReason | null): reason is PipelineFailureReason =>
  reason !== null && reason !== 'filtered_by_rules' && reason !== 'filtered_by_workflow_rules';
