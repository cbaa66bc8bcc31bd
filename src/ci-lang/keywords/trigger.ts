import type { CompiledTrigger, TriggerFollowUp } from '../compiled-bridge.ts';
import { definedOnly } from '../defined-only.ts';
import type { YamlMap } from '../yaml/index.ts';
import { allowKeys, beOneOf, checkKey, should } from './checks.ts';
import { DEFAULT_FORWARD, forwardKeyword } from './forward.ts';
import { jsonMapOf } from './json-value.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { isBlank, isMap, isText } from './node-tests.ts';
import { fail, failWith, givenValue, hasFailed, locationOf, type Place } from './place.ts';
import { triggerIncludeKeyword } from './trigger-include.ts';

export const TRIGGER_PROJECT_KEYS = ['project', 'branch', 'strategy', 'forward', 'inputs'] as const;
export const TRIGGER_CHILD_KEYS = ['strategy', 'include', 'forward'] as const;
export const TRIGGER_STRATEGIES = ['depend', 'mirror'] as const;

export interface TriggerDefinition {
  readonly trigger: CompiledTrigger;
  /** Jobs whose artifacts hold files of the child pipeline. */
  readonly artifactJobs: readonly string[];
}

/** The pipeline that a trigger job starts: with `include` a child pipeline, else one of another project. */
export const triggerKeyword: Keyword<TriggerDefinition> = {
  name: 'trigger',
  read: (place) => {
    const { node } = place;
    if (isText(node)) {
      if (isBlank(node)) fail(place, 'config', "can't be blank");
      const trigger = { kind: 'project', project: node.text, forward: DEFAULT_FORWARD } as const;
      return hasFailed(place) ? undefined : { trigger, artifactJobs: [] };
    }
    if (!isMap(node)) {
      failWith(place, `${locationOf(place)} has to be either a string or a hash`);
      return undefined;
    }
    return node.byName.has('include') ? readChild(place, node) : readProject(place, node);
  },
};

const readProject = (place: Place, map: YamlMap): TriggerDefinition | undefined => {
  if (map.entries.length === 0) fail(place, 'config', "can't be blank");
  allowKeys(place, map, TRIGGER_PROJECT_KEYS);
  checkKey(place, map, 'inputs', should.beMap);
  const project = givenValue(map, 'project');
  if (project === undefined || !isText(project)) fail(place, 'project', should.beText.message, WHICH);
  if (project === undefined || isBlank(project)) fail(place, 'project', should.bePresent.message, WHICH);
  checkKey(place, map, 'branch', should.beText);
  checkStrategy(place, map);
  if (hasFailed(place) || project?.kind !== 'scalar') return undefined;
  const branch = givenValue(map, 'branch');
  const inputs = givenValue(map, 'inputs');
  const trigger = {
    kind: 'project',
    project: project.text,
    ...definedOnly({
      branch: branch?.kind === 'scalar' ? branch.text : undefined,
      inputs: inputs === undefined || !isMap(inputs) ? undefined : jsonMapOf(inputs),
    }),
    ...readFollowUp(place, map),
  } as const;
  return { trigger, artifactJobs: [] };
};

const WHICH = 'Name a `project`, or the files of a child pipeline with `include`.';

const readChild = (place: Place, map: YamlMap): TriggerDefinition | undefined => {
  const hint = map.byName.has('inputs') ? 'Beside `include`, inputs belong into its items.' : undefined;
  allowKeys(place, map, TRIGGER_CHILD_KEYS, hint);
  checkStrategy(place, map);
  if (hasFailed(place)) return undefined;
  const include = readKeyword(place, map, triggerIncludeKeyword) ?? [];
  const trigger = { kind: 'child', include: include.map(({ item }) => item), ...readFollowUp(place, map) } as const;
  return { trigger, artifactJobs: include.flatMap(({ job }) => job ?? []) };
};

const checkStrategy = (place: Place, map: YamlMap): void =>
  checkKey(place, map, 'strategy', should.beText, beOneOf(TRIGGER_STRATEGIES, 'should be depend or mirror'));

const readFollowUp = (place: Place, map: YamlMap): TriggerFollowUp => {
  const written = givenValue(map, 'strategy');
  const strategy = TRIGGER_STRATEGIES.find((name) => written?.kind === 'scalar' && written.text === name);
  return {
    ...(strategy === undefined ? {} : { strategy }),
    forward: readKeyword(place, map, forwardKeyword) ?? DEFAULT_FORWARD,
  };
};
