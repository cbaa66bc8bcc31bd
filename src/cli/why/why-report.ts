import { type CompileResult, type DecisionTrace, FILTERED_MESSAGES } from '../../ci-lang/index.ts';
import type { OfflineProject } from '../offline/open-project.ts';

/** What was asked, and what came of it. */
export interface WhyReport {
  readonly project: Pick<OfflineProject, 'input' | 'nameOf'>;
  readonly result: CompileResult;
  /** Only the jobs that were asked for. */
  readonly trace: DecisionTrace;
}

/** In one sentence: what would come of it. */
export const verdictOf = ({ result, project }: WhyReport): string => {
  const { source, ref, tag } = project.input.facts;
  const what = `A pipeline for the ${tag ? 'tag' : 'branch'} ${ref} (${source})`;
  switch (result.kind) {
    case 'compiled': {
      const { length } = result.pipeline.jobs;
      return `${what} has ${length} ${length === 1 ? 'job' : 'jobs'}.`;
    }
    case 'config_error':
      return `${what} cannot be made: ${result.errors[0].message}`;
    case 'filtered_by_rules':
    case 'filtered_by_workflow_rules':
      return `${what} is not made. ${FILTERED_MESSAGES[result.kind]}`;
  }
};
