import { refuse } from '../config-error.ts';
import { definedOnly } from '../defined-only.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { YamlMap } from '../yaml/index.ts';
import { buildMap } from '../yaml/index.ts';
import { cacheKeyword } from './cache.ts';
import { defaultKeyword, refuseDoubleDefaults } from './default.ts';
import { imageKeyword } from './image.ts';
import type { InheritableValues, JobDefinition } from './job-definition.ts';
import { isJobEntry, readJobs } from './jobs.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { errorsOf, type Place, rootPlace } from './place.ts';
import { afterScriptKeyword, beforeScriptKeyword } from './script.ts';
import { servicesKeyword } from './services.ts';
import { DEFAULT_STAGES, stagesKeyword } from './stages.ts';
import { rootVariablesKeyword, type VariableDefinition } from './variables.ts';
import { type WorkflowDefinition, workflowKeyword } from './workflow.ts';

/** The whole configuration, checked keyword by keyword; no rule evaluated. */
export interface ConfigDefinition {
  readonly stages: readonly string[];
  readonly variables: readonly VariableDefinition[];
  readonly workflow: WorkflowDefinition;
  readonly jobs: readonly JobDefinition[];
}

/** What is found beside errors. */
export interface ConfigNotes {
  readonly warnings: Diagnostic[];
  /** Keywords without an effect. Whether that is an error depends on what the configuration is read for. */
  readonly unsupported: Diagnostic[];
}

/** Reads the merged file. Throws every error of its keywords at once; what else there is to say is appended. */
export const readRoot = (config: YamlMap, notes: ConfigNotes): ConfigDefinition => {
  const place = rootPlace(config);
  const map = buildMap(
    config.position,
    config.entries.filter((entry) => !isJobEntry(entry)),
  );
  refuseDoubleDefaults(place, map);
  const read = <Value>(keyword: Keyword<Value>): Value | undefined => readKeyword(place, map, keyword);
  // In the order in which GitLab reports their errors.
  const defaults = read(defaultKeyword);
  const rootDefaults = readRootDefaults(place, map);
  const variables = read(rootVariablesKeyword) ?? [];
  const stages = read(stagesKeyword) ?? DEFAULT_STAGES;
  const caches = read(cacheKeyword);
  const workflow = read(workflowKeyword) ?? { hasRules: false, position: config.position };
  const surroundings = {
    defaults: { ...rootDefaults, ...definedOnly({ caches }), ...defaults },
    hasWorkflowRules: workflow.hasRules,
  };
  const jobs = readJobs(place, config, surroundings);
  notes.warnings.push(...place.warnings);
  notes.unsupported.push(...place.unsupported);
  refuse(errorsOf(place));
  return { stages, variables, workflow, jobs };
};

/** `image:` and others at the root: an old way to write `default:`. */
const readRootDefaults = (place: Place, map: YamlMap): InheritableValues => {
  const beforeScript = readKeyword(place, map, beforeScriptKeyword);
  const image = readKeyword(place, map, imageKeyword);
  const services = readKeyword(place, map, servicesKeyword);
  const afterScript = readKeyword(place, map, afterScriptKeyword);
  return definedOnly({ beforeScript, image, services, afterScript });
};
