import type { CompiledCache, CompiledJob, CompiledNeed, CompiledProcessable } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import { ENVIRONMENT_NAME } from '../keywords/environment-name.ts';
import type { JobDefinition } from '../keywords/job-definition.ts';
import type { RuleDefinition } from '../keywords/rule.ts';
import type { VariableDefinition } from '../keywords/variables.ts';
import { parseWhen } from '../keywords/when.ts';
import { LIMITS } from '../limits.ts';
import { parseTags } from '../parse-tags.ts';
import { optionsOf } from './job-options.ts';
import type { JobView } from './job-view.ts';
import { mergeVariables } from './merge-variables.ts';
import type { Selection } from './selection.ts';

/** A chosen job with the values of the rule that let it in. */
export const compileJob = (
  job: JobDefinition,
  rule: RuleDefinition | undefined,
  selection: Pick<Selection, 'stageIndex'>,
  view: JobView,
  caches: readonly CompiledCache[],
): CompiledJob => {
  const common = compileProcessable(job, rule, selection, view);
  if (job.kind === 'bridge') {
    return { ...common, kind: 'bridge', options: definedOnly({ trigger: job.trigger, mirrors: job.mirrors }) };
  }
  return {
    ...common,
    kind: 'build',
    tags: parseTags((job.tags ?? []).map((tag) => view.variables.expandRaw(tag))),
    options: optionsOf(job, caches),
    ...definedOnly({ coverage: job.coverage }),
  };
};

const compileProcessable = (
  job: JobDefinition,
  rule: RuleDefinition | undefined,
  { stageIndex }: Pick<Selection, 'stageIndex'>,
  view: JobView,
): CompiledProcessable => {
  const needs = rule?.needs ?? job.needs;
  const variables = rule?.variables === undefined ? view.yaml : mergeVariables(view.yaml, rule.variables);
  const when = parseWhen(rule?.when ?? '') ?? job.when ?? 'on_success';
  const environment = job.environment && {
    ...job.environment,
    name: view.nameEnvironment(job.environment.name, variables),
  };
  const waitsForUpstream = job.kind === 'bridge' && job.mirrors !== undefined;
  return {
    name: job.name,
    stage: job.stage,
    stageIndex: stageIndex.get(job.stage) ?? 0,
    when,
    ...allowFailureOf(job, rule),
    schedulingType: rule?.needs === undefined && (needs === undefined || waitsForUpstream) ? 'stage' : 'dag',
    needs: (needs ?? []).map(({ name, artifacts, optional }): CompiledNeed => ({ name, artifacts, optional })),
    variables,
    tags: [],
    ...definedOnly({
      startIn: when === 'delayed' ? (rule?.startIn ?? (job.kind === 'build' ? job.startIn : undefined)) : undefined,
      interruptible: rule?.interruptible ?? job.interruptible,
      environment,
      resourceGroup: resourceGroupOf(job, view, variables, environment?.name),
    }),
  };
};

/** Expanded; a key that cannot be one is dropped without a word, as in GitLab. */
const resourceGroupOf = (
  { resourceGroup }: JobDefinition,
  view: JobView,
  variables: readonly VariableDefinition[],
  environment: string | undefined,
): string | undefined => {
  if (resourceGroup === undefined) return undefined;
  const key = view.expandResourceGroup(resourceGroup, variables, environment);
  return key.length <= LIMITS.resourceGroupLength && ENVIRONMENT_NAME.test(key) ? key : undefined;
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
