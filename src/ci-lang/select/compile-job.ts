import type { CompiledArtifacts, CompiledJob, CompiledNeed, JobOptions } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import type { JobDefinition } from '../keywords/job-definition.ts';
import type { RuleDefinition } from '../keywords/rule.ts';
import { parseWhen } from '../keywords/when.ts';
import { parseTags } from '../parse-tags.ts';
import type { JobView } from './job-view.ts';
import { mergeVariables } from './merge-variables.ts';
import type { Selection } from './selection.ts';

/** A chosen job with the values of the rule that let it in. */
export const compileJob = (
  job: JobDefinition,
  rule: RuleDefinition | undefined,
  { stageIndex }: Pick<Selection, 'stageIndex'>,
  view: JobView,
): CompiledJob => {
  const needs = rule?.needs ?? job.needs;
  const { environment } = job;
  const variables = rule?.variables === undefined ? view.yaml : mergeVariables(view.yaml, rule.variables);
  return {
    name: job.name,
    stage: job.stage,
    stageIndex: stageIndex.get(job.stage) ?? 0,
    when: parseWhen(rule?.when ?? '') ?? job.when ?? 'on_success',
    ...allowFailureOf(job, rule),
    schedulingType: needs === undefined ? 'stage' : 'dag',
    needs: (needs ?? []).map(({ name, artifacts, optional }): CompiledNeed => ({ name, artifacts, optional })),
    variables,
    tags: parseTags((job.tags ?? []).map((tag) => view.variables.expandRaw(tag))),
    options: optionsOf(job),
    ...definedOnly({
      interruptible: rule?.interruptible ?? job.interruptible,
      environment:
        environment === undefined
          ? undefined
          : { ...environment, name: view.nameEnvironment(environment.name, variables) },
      coverage: job.coverage,
    }),
  };
};

/**
 * A rule's own word counts most and cancels exit codes. Else the job's; a job that says nothing may fail when it is
 * manual by itself — whatever `when` the rule gives it.
 */
const allowFailureOf = (
  job: JobDefinition,
  rule: RuleDefinition | undefined,
): Pick<CompiledJob, 'allowFailure' | 'allowFailureExitCodes'> => {
  if (rule?.allowFailure !== undefined) return { allowFailure: rule.allowFailure };
  const own = job.allowFailure ?? job.when === 'manual';
  if (typeof own === 'boolean') return { allowFailure: own };
  return { allowFailure: false, ...(own.exitCodes.length > 0 ? { allowFailureExitCodes: own.exitCodes } : {}) };
};

const optionsOf = (job: JobDefinition): JobOptions => ({
  beforeScript: job.beforeScript ?? [],
  script: job.script,
  afterScript: job.afterScript ?? [],
  ...definedOnly({
    image: job.image,
    services: someOf(job.services),
    dependencies: job.dependencies,
    artifacts: artifactsOf(job),
    retry: job.retry,
    timeout: job.timeout,
    hooks: job.hooks,
    idTokens: someOf(job.idTokens),
    secrets: someOf(job.secrets),
  }),
});

/** An empty list asks for nothing. */
const someOf = <Item>(list: readonly Item[] | undefined): readonly Item[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;

const artifactsOf = ({ isPages, artifacts }: JobDefinition): CompiledArtifacts | undefined => {
  if (!isPages || artifacts?.paths.includes('public') === true) return artifacts;
  const none: CompiledArtifacts = { paths: [], exclude: [], untracked: false, when: 'on_success', reports: {} };
  const some = artifacts ?? none;
  return { ...some, paths: [...some.paths, 'public'] };
};
