import type { DecisionTrace, Diagnostic } from '../../../ci-lang/index.ts';
import { explainJob, explainWorkflow } from '../../../ci-lang/index.ts';

/** One reason why there is no pipeline, with the place to look at where there is one. */
export interface Reason {
  readonly message: string;
  /** How to mend it. */
  readonly hint?: string;
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  readonly column?: number;
  /** Keyword path: `['jobs', 'rspec', 'artifacts']`. */
  readonly path?: readonly string[];
}

export const reasonOfDiagnostic = ({ message, hint, file, line, column, path }: Diagnostic): Reason => ({
  message,
  ...(hint !== undefined && { hint }),
  file,
  ...(line !== undefined && { line }),
  ...(column !== undefined && { column }),
  path,
});

/** Why the workflow let nothing run: the sentence, then a line for each of its rules. */
export const reasonsOfWorkflow = ({ workflow }: DecisionTrace): readonly Reason[] => {
  if (workflow === undefined) return [];
  const { sentence, rules } = explainWorkflow(workflow);
  const path = ['workflow', 'rules'];
  return [
    { message: sentence, path },
    ...workflow.rules.map(({ at }, index): Reason => ({ message: rules[index] ?? '', ...at, path })),
  ];
};

/** A caller reads a few lines; the whole trace stays with the refusal. */
const MOST_JOBS = 50;

/** Why no job is left: a sentence for each. */
export const reasonsOfJobs = ({ jobs }: DecisionTrace): readonly Reason[] => {
  const reasons = jobs
    .slice(0, MOST_JOBS)
    .map((job): Reason => ({ message: explainJob(job).sentence, ...job.at, path: ['jobs', job.name] }));
  const more = jobs.length - reasons.length;
  return more > 0 ? [...reasons, { message: `${more} further jobs are left out here` }] : reasons;
};
