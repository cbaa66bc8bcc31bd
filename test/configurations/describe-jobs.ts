import type { CompiledJob, CompiledPipeline } from '../../src/ci-lang/index.ts';
import { type Data, dataOf, isData, listOf, textOf } from './scenario.ts';

/** A job as `scenario.yml` writes it: the values that are always compared, and those that are asked for. */
interface DescribedJob {
  readonly name: string;
  readonly values: Data;
}

type DescribedStages = Readonly<Record<string, readonly DescribedJob[]>>;

/** The jobs of a pipeline by stage, each with the values that the scenario names. */
export const describeJobs = ({ jobs }: CompiledPipeline, wanted: DescribedStages): DescribedStages =>
  byStage(
    jobs.map((job) => {
      const asked = wanted[job.stage]?.find(({ name }) => name === job.name)?.values ?? {};
      const known = valuesOf(job);
      const extra = Object.entries(asked).map(([key, value]) => [key, narrowTo(value, known[key])] as const);
      const values = { ...Object.fromEntries(extra), ...alwaysOf(job, asked['environment']) };
      return { stage: job.stage, name: job.name, values };
    }),
  );

/** The jobs that a scenario wants, with what it leaves out filled in. */
export const wantedJobs = (written: unknown): DescribedStages =>
  byStage(
    Object.entries(dataOf(written)).flatMap(([stage, jobs]) =>
      listOf(jobs).map((job) => {
        const [name = '', values] = isData(job) ? (Object.entries(job)[0] ?? []) : [textOf(job, '')];
        return { stage, name, values: { ...USUAL, ...dataOf(values), environment: environmentOf(values) } };
      }),
    ),
  );

const USUAL: Data = { when: 'on_success', needs: null, allow_failure: false, exit_codes: null, start_in: null };

const environmentOf = (values: unknown): unknown => dataOf(values)['environment'] ?? null;

const byStage = (jobs: readonly (DescribedJob & { readonly stage: string })[]): DescribedStages => {
  const stages = new Map<string, DescribedJob[]>();
  for (const { stage, name, values } of jobs) stages.set(stage, [...(stages.get(stage) ?? []), { name, values }]);
  return Object.fromEntries(stages);
};

const alwaysOf = (job: CompiledJob, environment?: unknown): Data => ({
  when: job.when,
  needs: job.schedulingType === 'stage' ? null : job.needs.map(describeNeed),
  allow_failure: job.allowFailure,
  exit_codes: job.allowFailureExitCodes ?? null,
  start_in: job.startIn ?? null,
  environment: narrowTo(environment ?? { name: '' }, job.environment),
});

const describeNeed = ({ name, artifacts, optional }: CompiledJob['needs'][number]): unknown =>
  artifacts && !optional
    ? name
    : { job: name, ...(artifacts ? {} : { artifacts: false }), ...(optional ? { optional: true } : {}) };

/** Everything of a job by the name that the scenarios use: GitLab's where the compiler's differs. */
const valuesOf = (job: CompiledJob): Data => {
  const { beforeScript, afterScript, ...options }: Data = { ...job.options };
  const variables = Object.fromEntries(
    job.variables.map(({ key, value, raw }) => [key, raw === true ? { value, raw } : value]),
  );
  return {
    ...job,
    ...options,
    ...alwaysOf(job),
    environment: job.environment,
    before_script: beforeScript,
    after_script: afterScript,
    resource_group: job.resourceGroup,
    services: describeServices(options['services']),
    variables,
    all_variables: variables,
  };
};

const describeServices = (services: unknown): unknown =>
  services === undefined
    ? undefined
    : listOf(services).map((service) => {
        const { variables, ...rest } = dataOf(service);
        const shown = listOf(variables).map((variable) => [dataOf(variable)['key'], dataOf(variable)['value']]);
        return variables === undefined ? rest : { ...rest, variables: Object.fromEntries(shown) };
      });

/** Only what is asked for of a map; of everything else the whole. What is not there is `null`. */
const narrowTo = (wanted: unknown, found: unknown): unknown => {
  if (found === undefined) return null;
  if (Array.isArray(wanted) && Array.isArray(found) && wanted.length === found.length) {
    return wanted.map((item, index) => narrowTo(item, found[index]));
  }
  if (!isData(wanted) || !isData(found)) return found;
  const parts = Object.entries(wanted).map(([key, value]) => [key, narrowTo(value, found[key])]);
  return Object.fromEntries(parts);
};
