import { definedOnly } from '../defined-only.ts';
import type { YamlMap } from '../yaml/index.ts';
import { environmentKeyword } from './environment.ts';
import { INHERIT_ALL, type InheritDefinition, inheritKeyword, inherits } from './inherit.ts';
import { interruptibleKeyword } from './interruptible.ts';
import type { InheritableValues, ProcessableDefinition } from './job-definition.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import type { Place } from './place.ts';
import { DEFAULT_ONLY, exceptKeyword, onlyKeyword } from './policy.ts';
import { resourceGroupKeyword } from './resource-group.ts';
import { jobRulesKeyword } from './rules.ts';
import { DEFAULT_STAGE, stageKeyword } from './stage.ts';
import { jobVariablesKeyword } from './variables.ts';
import { whenKeyword } from './when.ts';

/** What a job gets from the rest of the file. */
export interface JobSurroundings {
  readonly defaults: InheritableValues;
  readonly hasWorkflowRules: boolean;
}

export interface Processable {
  readonly definition: ProcessableDefinition;
  readonly inherit: InheritDefinition;
}

/** The keywords that jobs and trigger jobs share, in the order in which GitLab reports their errors. */
export const readProcessable = (
  place: Place,
  name: string,
  map: YamlMap,
  { defaults, hasWorkflowRules }: JobSurroundings,
): Processable => {
  const read = <Value>(keyword: Keyword<Value>): Value | undefined => readKeyword(place, map, keyword);
  const stage = read(stageKeyword) ?? DEFAULT_STAGE;
  const only = read(onlyKeyword);
  const except = read(exceptKeyword);
  const rules = read(jobRulesKeyword);
  const variables = read(jobVariablesKeyword) ?? [];
  const inherit = read(inheritKeyword) ?? INHERIT_ALL;
  const environment = read(environmentKeyword);
  const interruptible = read(interruptibleKeyword);
  const impliesOnly = only === undefined && !map.byName.has('rules') && !hasWorkflowRules;
  const definition: ProcessableDefinition = {
    name,
    stage,
    variables,
    inheritVariables: inherit.variables,
    position: place.position,
    ...definedOnly({
      when: read(whenKeyword),
      rules,
      only: impliesOnly ? DEFAULT_ONLY : only,
      except,
      environment,
      interruptible: interruptible ?? (inherits(inherit.default, 'interruptible') ? defaults.interruptible : undefined),
      resourceGroup: read(resourceGroupKeyword),
    }),
  };
  return { definition, inherit };
};
