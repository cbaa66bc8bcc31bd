import type { CompiledJob } from '../../../ci-lang/index.ts';
import type { Simulation } from '../create/simulate-pipeline.ts';
import { presentDecisions, presentReason } from './present-why.ts';

/** JSON of what would come of a request. `whole`: the reader may see values that were set outside of the file. */
export const presentSimulation = (simulation: Simulation, whole: boolean) => {
  switch (simulation.kind) {
    case 'created': {
      const { pipeline, trace, warnings } = simulation;
      return {
        outcome: 'created',
        message: null,
        failure_reason: null,
        reasons: [],
        warnings,
        pipeline: { name: pipeline.name ?? null, stages: pipeline.stages, jobs: pipeline.jobs.map(presentJob) },
        ...presentDecisions(trace, whole),
      };
    }
    case 'skipped':
      return {
        outcome: 'skipped',
        ...NOTHING,
        reasons: [presentReason({ message: 'The commit message or a push option asks for no pipeline' })],
        ...presentDecisions(undefined, whole),
      };
    case 'refused': {
      const { errors, failureReason, reasons, trace } = simulation;
      return {
        outcome: 'refused',
        ...NOTHING,
        message: errors,
        failure_reason: failureReason,
        reasons: reasons.map(presentReason),
        ...presentDecisions(trace, whole),
      };
    }
  }
};

const NOTHING = { message: null, failure_reason: null, warnings: [], pipeline: null };

const presentJob = (job: CompiledJob) => ({
  name: job.name,
  stage: job.stage,
  when: job.when,
  start_in: job.startIn ?? null,
  allow_failure: job.allowFailure,
  needs: job.schedulingType === 'dag' ? job.needs.map(({ name }) => name) : null,
  tags: job.tags,
  environment: job.environment?.name ?? null,
});
