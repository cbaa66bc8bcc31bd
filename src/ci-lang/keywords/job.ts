import { definedOnly } from '../defined-only.ts';
import type { YamlEntry, YamlMap } from '../yaml/index.ts';
import { allowFailureKeyword } from './allow-failure.ts';
import { artifactsKeyword } from './artifacts.ts';
import { cacheKeyword } from './cache.ts';
import { coverageKeyword } from './coverage.ts';
import { dastConfigurationKeyword } from './dast-configuration.ts';
import { dependenciesKeyword } from './dependencies.ts';
import { hooksKeyword } from './hooks.ts';
import { idTokensKeyword } from './id-tokens.ts';
import { identityKeyword } from './identity.ts';
import { imageKeyword } from './image.ts';
import { type InheritDefinition, inherits } from './inherit.ts';
import { checkJob } from './job-checks.ts';
import type { BuildDefinition, InheritableValues } from './job-definition.ts';
import { jobInputsKeyword } from './job-inputs.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { manualConfirmationKeyword } from './manual-confirmation.ts';
import { type NeedsDefinition, needsKeyword } from './needs.ts';
import { isMap } from './node-tests.ts';
import { noteUnsupported } from './note-unsupported.ts';
import { isPagesJob, pagesKeyword, pagesOf } from './pages.ts';
import { parallelKeyword } from './parallel.ts';
import { fail, hasFailed, type Place } from './place.ts';
import { type JobSurroundings, readProcessable } from './processable.ts';
import { publishKeyword } from './publish.ts';
import { releaseKeyword } from './release.ts';
import { retryKeyword } from './retry.ts';
import { runKeyword } from './run.ts';
import { afterScriptKeyword, beforeScriptKeyword, scriptKeyword } from './script.ts';
import { secretsKeyword } from './secrets.ts';
import { servicesKeyword } from './services.ts';
import { startInKeyword } from './start-in.ts';
import { tagsKeyword } from './tags.ts';
import { timeoutKeyword } from './timeout.ts';

/** An ordinary job. */
export const readJob = (place: Place, entry: YamlEntry, surroundings: JobSurroundings): BuildDefinition | undefined => {
  const map = entry.value;
  if (!isMap(map)) return undefined;
  checkJob(place, entry, map);
  if (hasFailed(place)) return undefined;
  const job = readSoundJob(place, entry.name ?? '', map, surroundings);
  noteUnsupported(place, map, 'job');
  return job;
};

const readSoundJob = (place: Place, name: string, map: YamlMap, surroundings: JobSurroundings): BuildDefinition => {
  const read = <Value>(keyword: Keyword<Value>): Value | undefined => readKeyword(place, map, keyword);
  const { definition, inherit } = readProcessable(place, name, map, surroundings);
  // In the order in which GitLab reports their errors.
  const beforeScript = read(beforeScriptKeyword);
  const script = read(scriptKeyword) ?? [];
  const afterScript = read(afterScriptKeyword);
  const hooks = read(hooksKeyword);
  const caches = read(cacheKeyword);
  const image = read(imageKeyword);
  const services = read(servicesKeyword);
  const timeout = read(timeoutKeyword);
  const retry = read(retryKeyword);
  const tags = read(tagsKeyword);
  const artifacts = read(artifactsKeyword);
  const needs = read(needsKeyword(['job', 'cross_dependency']));
  const coverage = read(coverageKeyword);
  const release = read(releaseKeyword);
  const parallel = read(parallelKeyword);
  const allowFailure = read(allowFailureKeyword);
  const idTokens = read(idTokensKeyword);
  const publish = read(publishKeyword);
  const pages = read(pagesKeyword);
  const inputs = read(jobInputsKeyword);
  const dastConfiguration = read(dastConfigurationKeyword);
  const identity = read(identityKeyword);
  const secrets = read(secretsKeyword);
  const dependencies = read(dependenciesKeyword);
  checkDependencies(place, dependencies, needs);
  return {
    ...definition,
    kind: 'build',
    script,
    publishesTwice: publish !== undefined && pages?.publish !== undefined,
    ...inheritedValues(surroundings.defaults, inherit),
    ...definedOnly({ beforeScript, afterScript, hooks, image, services, retry, tags, artifacts, caches, idTokens }),
    ...definedOnly({
      startIn: read(startInKeyword),
      allowFailure,
      needs: needs?.jobs,
      crossDependencies: needs?.crossDependencies,
      dependencies,
      coverage,
      timeout,
      parallel,
      secrets,
      pages: isPagesJob(name, map) ? pagesOf(pages, publish) : undefined,
      manualConfirmation: read(manualConfirmationKeyword),
      release,
      run: read(runKeyword),
      inputs,
      identity,
      dastConfiguration,
    }),
  };
};

const inheritedValues = (defaults: InheritableValues, inherit: InheritDefinition): InheritableValues => {
  const takes = <Value>(name: string, value: Value | undefined): Value | undefined =>
    inherits(inherit.default, name) ? value : undefined;
  return definedOnly({
    beforeScript: takes('before_script', defaults.beforeScript),
    afterScript: takes('after_script', defaults.afterScript),
    hooks: takes('hooks', defaults.hooks),
    image: takes('image', defaults.image),
    services: takes('services', defaults.services),
    retry: takes('retry', defaults.retry),
    tags: takes('tags', defaults.tags),
    artifacts: takes('artifacts', defaults.artifacts),
    caches: takes('cache', defaults.caches),
    idTokens: takes('id_tokens', defaults.idTokens),
  });
};

/** With needs, every dependency must be one of them. */
const checkDependencies = (
  place: Place,
  dependencies: readonly string[] | undefined,
  needs: NeedsDefinition | undefined,
): void => {
  if (dependencies === undefined || dependencies.length === 0 || needs === undefined) return;
  const { jobs, crossDependencies } = needs;
  if (jobs.length === 0) {
    if (crossDependencies.length > 0) {
      fail(place, 'needs', 'corresponding to dependencies must be from the same pipeline');
    }
    return;
  }
  const needed = new Set(jobs.map((need) => need.name));
  const missing = dependencies.filter((name) => !needed.has(name));
  if (missing.length > 0) fail(place, 'dependencies', `the ${missing.join(', ')} should be part of needs`);
};
