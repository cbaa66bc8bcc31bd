import { type ConfigError, configError } from '../config-error.ts';
import { definedOnly } from '../defined-only.ts';
import type { JobDefinition } from '../keywords/job-definition.ts';
import type { NeedDefinition } from '../keywords/need.ts';
import type { MatrixRow, ParallelDefinition } from '../keywords/parallel.ts';
import type { VariableDefinition } from '../keywords/variables.ts';
import { LIMITS } from '../limits.ts';
import { type MatrixProblem, putInMatrixValues } from './matrix-references.ts';

/** One of the jobs that `parallel` makes of one definition. */
interface Instance {
  readonly name: string;
  /** 1-based. */
  readonly index: number;
  readonly total: number;
  readonly variables: readonly VariableDefinition[];
}

export interface ExpandedJobs {
  /** By name, in the order of the file; of two with one name the later counts. */
  readonly jobs: ReadonlyMap<string, JobDefinition>;
  readonly problems: readonly MatrixProblem[];
}

/**
 * Writes out `parallel`: the jobs themselves, and needs and dependencies on them by their common name. Throws
 * `ConfigError` when that comes to more than a pipeline may have.
 */
export const expandParallel = (jobs: readonly JobDefinition[]): ExpandedJobs => {
  refuseTooManyJobs(jobs);
  const instances = new Map(
    jobs.flatMap(({ name, parallel }) =>
      parallel === undefined ? [] : [[name, instancesOf(name, parallel)] as const],
    ),
  );
  const expanded = new Map<string, JobDefinition>();
  const problems: MatrixProblem[] = [];
  let left: number = LIMITS.pipelineNeeds;
  for (const job of jobs) {
    for (const variant of variantsOf(job, instances.get(job.name))) {
      const whole = instances.size === 0 ? variant : expandReferences(variant, job, instances, problems);
      left -= countReferences(whole);
      if (left < 0) throw tooMany(job, 'needs', 'Pipeline has too many needs!', LIMITS.pipelineNeeds);
      expanded.set(variant.name, whole);
    }
  }
  return { jobs: expanded, problems };
};

const refuseTooManyJobs = (jobs: readonly JobDefinition[]): void => {
  let count = 0;
  for (const job of jobs) {
    count += job.parallel === undefined ? 1 : countInstances(job.parallel);
    if (count > LIMITS.pipelineJobs) throw tooMany(job, 'parallel', 'Pipeline has too many jobs!', LIMITS.pipelineJobs);
  }
};

/** `parallel` was checked: it makes few jobs, so the product is small. */
const countInstances = (parallel: ParallelDefinition): number =>
  parallel.kind === 'matrix'
    ? parallel.rows.reduce((sum, row) => sum + row.reduce((product, { values }) => product * values.length, 1), 0)
    : parallel.total;

const countReferences = (job: JobDefinition): number =>
  (job.needs?.length ?? 0) + (job.kind === 'build' ? (job.dependencies?.length ?? 0) : 0);

const tooMany = (job: JobDefinition, keyword: string, what: string, limit: number): ConfigError =>
  configError(`${what} The limit is ${limit}.`, job.position, ['jobs', job.name, keyword]);

const variantsOf = (job: JobDefinition, instances: readonly Instance[] | undefined): readonly JobDefinition[] =>
  instances === undefined
    ? [job]
    : instances.map(({ name, index, total, variables }) => ({
        ...job,
        name,
        // The runner's own, weaker than the job's: GitLab gives them with the predefined variables.
        variables: [
          { key: 'CI_NODE_INDEX', value: String(index) },
          { key: 'CI_NODE_TOTAL', value: String(total) },
          ...job.variables,
          ...variables,
        ],
      }));

const instancesOf = (name: string, parallel: ParallelDefinition): readonly Instance[] => {
  if (parallel.kind === 'matrix') return matrixInstances(name, parallel.rows);
  const { total } = parallel;
  return Array.from({ length: total }, (_, at) => ({
    name: `${name} ${at + 1}/${total}`,
    index: at + 1,
    total,
    variables: [],
  }));
};

/** Every combination of each row's values, rows one after the other. */
const matrixInstances = (name: string, rows: readonly MatrixRow[]): readonly Instance[] => {
  const combinations = rows.flatMap((row) =>
    row.reduce<readonly (readonly VariableDefinition[])[]>(
      (made, { key, values }) => made.flatMap((some) => values.map((value) => [...some, { key, value }])),
      [[]],
    ),
  );
  return combinations.map((variables, at) => ({
    name: `${name}: [${variables.map(({ value }) => value).join(', ')}]`,
    index: at + 1,
    total: combinations.length,
    variables,
  }));
};

const expandReferences = (
  variant: JobDefinition,
  { name }: JobDefinition,
  instances: ReadonlyMap<string, readonly Instance[]>,
  problems: MatrixProblem[],
): JobDefinition => {
  const job = putInMatrixValues(name, variant, problems);
  const expanded = definedOnly({ needs: job.needs?.flatMap((need) => expandNeed(need, instances)) });
  if (job.kind === 'bridge') return { ...job, ...expanded };
  const dependencies = job.dependencies?.flatMap((base) => instances.get(base)?.map((one) => one.name) ?? [base]);
  return { ...job, ...expanded, ...definedOnly({ dependencies }) };
};

/** `parallel:matrix` of a need picks instances by the names that its own maps give. */
const expandNeed = (
  need: NeedDefinition,
  instances: ReadonlyMap<string, readonly Instance[]>,
): readonly NeedDefinition[] => {
  const all = instances.get(need.name);
  if (all === undefined) return [need];
  const { matrix, ...plain } = need;
  const chosen = matrix === undefined ? all : matrixInstances(need.name, matrix);
  return chosen.map(({ name }) => ({ ...plain, name }));
};
