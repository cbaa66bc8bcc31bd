import { definedOnly } from '../defined-only.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../yaml/index.ts';
import { allowFailureKeyword } from './allow-failure.ts';
import { artifactsKeyword } from './artifacts.ts';
import { coverageKeyword } from './coverage.ts';
import { dependenciesKeyword } from './dependencies.ts';
import { environmentKeyword } from './environment.ts';
import { hooksKeyword } from './hooks.ts';
import { idTokensKeyword } from './id-tokens.ts';
import { imageKeyword } from './image.ts';
import { INHERIT_ALL, type InheritDefinition, inheritKeyword, inherits } from './inherit.ts';
import { interruptibleKeyword } from './interruptible.ts';
import { checkJob } from './job-checks.ts';
import type { InheritableValues, JobDefinition } from './job-definition.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { type NeedDefinition, needsKeyword } from './needs.ts';
import { isMap } from './node-tests.ts';
import { noteDelayed, noteUnsupported } from './note-unsupported.ts';
import { parallelKeyword } from './parallel.ts';
import { fail, hasFailed, type Place } from './place.ts';
import { DEFAULT_ONLY, exceptKeyword, onlyKeyword } from './policy.ts';
import { retryKeyword } from './retry.ts';
import { jobRulesKeyword } from './rules.ts';
import { afterScriptKeyword, beforeScriptKeyword, scriptKeyword } from './script.ts';
import { secretsKeyword } from './secrets.ts';
import { servicesKeyword } from './services.ts';
import { DEFAULT_STAGE, stageKeyword } from './stage.ts';
import { tagsKeyword } from './tags.ts';
import { timeoutKeyword } from './timeout.ts';
import { jobVariablesKeyword } from './variables.ts';
import { whenKeyword } from './when.ts';

/** What a job gets from the rest of the file. */
export interface JobSurroundings {
  readonly defaults: InheritableValues;
  readonly hasWorkflowRules: boolean;
}

/** An ordinary job. */
export const readJob = (place: Place, entry: YamlEntry, surroundings: JobSurroundings): JobDefinition | undefined => {
  const map = entry.value;
  if (!isMap(map)) return undefined;
  checkJob(place, entry, map);
  if (hasFailed(place)) return undefined;
  const job = readSoundJob(place, entry.name ?? '', map, surroundings);
  noteUnsupported(place, map, 'job');
  noteDelayed(place, map);
  return job;
};

const readSoundJob = (place: Place, name: string, map: YamlMap, surroundings: JobSurroundings): JobDefinition => {
  const read = <Value>(keyword: Keyword<Value>): Value | undefined => readKeyword(place, map, keyword);
  // In the order in which GitLab reports their errors.
  const stage = read(stageKeyword) ?? DEFAULT_STAGE;
  const only = read(onlyKeyword);
  const except = read(exceptKeyword);
  const rules = read(jobRulesKeyword);
  const variables = read(jobVariablesKeyword) ?? [];
  const inherit = read(inheritKeyword) ?? INHERIT_ALL;
  const environment = read(environmentKeyword);
  const interruptible = read(interruptibleKeyword);
  const beforeScript = read(beforeScriptKeyword);
  const script = read(scriptKeyword) ?? [];
  const afterScript = read(afterScriptKeyword);
  const hooks = read(hooksKeyword);
  const image = read(imageKeyword);
  const services = read(servicesKeyword);
  const timeout = read(timeoutKeyword);
  const retry = read(retryKeyword);
  const tags = read(tagsKeyword);
  const artifacts = read(artifactsKeyword);
  const needs = read(needsKeyword);
  const coverage = read(coverageKeyword);
  const parallel = read(parallelKeyword);
  const idTokens = read(idTokensKeyword);
  const allowFailure = read(allowFailureKeyword);
  const dependencies = read(dependenciesKeyword);
  const secrets = read(secretsKeyword);
  checkDependencies(place, dependencies, needs);
  const inheritable = {
    beforeScript,
    afterScript,
    hooks,
    image,
    services,
    interruptible,
    retry,
    tags,
    artifacts,
    idTokens,
  };
  const impliesOnly = only === undefined && !map.byName.has('rules') && !surroundings.hasWorkflowRules;
  return {
    name,
    stage,
    script,
    variables,
    inheritVariables: inherit.variables,
    isPages: name === 'pages' && !isFalse(map.byName.get('pages')?.value),
    position: place.position,
    ...inheritedValues(surroundings.defaults, inherit),
    ...definedOnly(inheritable),
    ...definedOnly({
      when: read(whenKeyword),
      allowFailure,
      rules,
      only: impliesOnly ? DEFAULT_ONLY : only,
      except,
      needs,
      dependencies,
      environment,
      coverage,
      timeout,
      parallel,
      secrets,
    }),
  };
};

const isFalse = (node: YamlNode | undefined): boolean => node?.kind === 'scalar' && node.value === false;

const inheritedValues = (defaults: InheritableValues, inherit: InheritDefinition): InheritableValues => {
  const takes = <Value>(name: string, value: Value | undefined): Value | undefined =>
    inherits(inherit.default, name) ? value : undefined;
  return definedOnly({
    beforeScript: takes('before_script', defaults.beforeScript),
    afterScript: takes('after_script', defaults.afterScript),
    hooks: takes('hooks', defaults.hooks),
    image: takes('image', defaults.image),
    services: takes('services', defaults.services),
    interruptible: takes('interruptible', defaults.interruptible),
    retry: takes('retry', defaults.retry),
    tags: takes('tags', defaults.tags),
    artifacts: takes('artifacts', defaults.artifacts),
    idTokens: takes('id_tokens', defaults.idTokens),
  });
};

/** With needs, every dependency must be one of them. */
const checkDependencies = (
  place: Place,
  dependencies: readonly string[] | undefined,
  needs: readonly NeedDefinition[] | undefined,
): void => {
  if (dependencies === undefined || needs === undefined || needs.length === 0) return;
  const missing = dependencies.filter((name) => !needs.some((need) => need.name === name));
  if (missing.length > 0) fail(place, 'dependencies', `the ${missing.join(', ')} should be part of needs`);
};
