import type { CompiledJob } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import type { JobDefinition } from '../keywords/job-definition.ts';
import type { Policy } from '../keywords/policy.ts';
import type { LintJob, LintPolicy } from './lint-types.ts';

/** A job as the file defines it. */
export const presentDefinition = (job: JobDefinition): LintJob => ({
  name: job.name,
  stage: job.stage,
  ...(job.kind === 'build' ? scriptsOf(job) : NO_SCRIPTS),
  tags: (job.kind === 'build' ? job.tags : undefined) ?? [],
  environment: job.environment?.name ?? null,
  when: job.when ?? 'on_success',
  allowFailure: allowFailureOf(job),
  conditions: {
    only: presentPolicy(job.only),
    except: presentPolicy(job.except),
    needs: job.needs?.map(({ name, artifacts, optional }) => ({ name, artifacts, optional })) ?? null,
  },
});

/** A job as a pipeline would have it. */
export const presentCompiled = (job: CompiledJob): LintJob => ({
  name: job.name,
  stage: job.stage,
  ...(job.kind === 'build' ? scriptsOf(job.options) : NO_SCRIPTS),
  tags: job.tags,
  environment: job.environment?.name ?? null,
  when: job.when,
  allowFailure: job.allowFailure,
});

type Scripts = Pick<LintJob, 'beforeScript' | 'script' | 'afterScript'>;

const scriptsOf = ({ script, ...around }: Partial<Scripts> & Pick<Scripts, 'script'>): Scripts => ({
  beforeScript: around.beforeScript ?? [],
  script,
  afterScript: around.afterScript ?? [],
});

/** A job that starts a pipeline. */
const NO_SCRIPTS: Scripts = { beforeScript: [], script: [], afterScript: [] };

/** Stage by stage, in each as in the file. */
export const sortByStage = <Job extends { readonly stage: string }>(
  jobs: readonly Job[],
  stages: readonly string[],
): readonly Job[] => {
  const order = new Map(stages.map((stage, index) => [stage, index] as const));
  return jobs.toSorted((one, other) => (order.get(one.stage) ?? 0) - (order.get(other.stage) ?? 0));
};

const allowFailureOf = ({ allowFailure, when }: JobDefinition): boolean =>
  typeof allowFailure === 'boolean' ? allowFailure : allowFailure === undefined && when === 'manual';

const presentPolicy = (policy: Policy | undefined): LintPolicy | null =>
  policy === undefined
    ? null
    : definedOnly({
        refs: policy.refs,
        variables: policy.variables?.map(({ text }) => text),
        changes: policy.changes,
        kubernetes: policy.kubernetes === true ? ('active' as const) : undefined,
      });
