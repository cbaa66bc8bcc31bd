import type { CompiledCrossDependency } from '../compiled.ts';
import type { SourcePosition, YamlMap } from '../yaml/index.ts';
import { allowKeys, checkKey, should } from './checks.ts';
import { readKeyword } from './keyword.ts';
import { isBlank, isMap, isText } from './node-tests.ts';
import { type MatrixRow, needMatrixKeyword } from './parallel.ts';
import { fail, failWith, givenValue, hasFailed, locationOf, type Place } from './place.ts';

/** A job of the same pipeline. */
export interface NeedDefinition {
  readonly name: string;
  readonly artifacts: boolean;
  readonly optional: boolean;
  /** `parallel:matrix` of the need: only these instances of the job. */
  readonly matrix?: readonly MatrixRow[];
  readonly position: SourcePosition;
}

/** What one element of `needs` is, as GitLab's messages call it; and its value, when it is sound. */
export type Need =
  | { readonly type: 'job'; readonly need?: NeedDefinition }
  | {
      readonly type: 'cross_dependency';
      readonly from: 'pipeline' | 'project';
      readonly need?: CompiledCrossDependency;
    }
  /** The path of a project whose pipeline a trigger job mirrors. */
  | { readonly type: 'bridge'; readonly need?: string };

export const JOB_NEED_KEYS = ['job', 'artifacts', 'optional', 'parallel'] as const;
export const PIPELINE_NEED_KEYS = ['pipeline', 'job', 'artifacts'] as const;
export const PROJECT_NEED_KEYS = ['project', 'ref', 'job', 'artifacts'] as const;
export const MIRROR_NEED_KEYS = ['pipeline'] as const;

/** Which form it is depends on its keys alone, in this order. */
export const readNeed = (place: Place): Need | undefined => {
  const { node } = place;
  if (isText(node)) return { type: 'job', ...withNeed(readName(place, node.text)) };
  if (!isMap(node)) {
    failWith(
      place,
      `${locationOf(place)} has an unsupported type`,
      'A need is the name of a job, or a map with `job:`.',
    );
    return undefined;
  }
  const has = (key: string): boolean => node.byName.has(key);
  if (has('job') && !has('project') && !has('ref') && !has('pipeline')) {
    return { type: 'job', ...withNeed(readJobNeed(place, node)) };
  }
  if (has('job') && has('pipeline') && !has('project')) {
    return { type: 'cross_dependency', from: 'pipeline', ...withNeed(readPipelineNeed(place, node)) };
  }
  if (!has('job') && !has('project')) return { type: 'bridge', ...withNeed(readMirror(place, node)) };
  return { type: 'cross_dependency', from: 'project', ...withNeed(readProjectNeed(place, node)) };
};

const withNeed = <Value>(need: Value | undefined): { readonly need?: Value } => (need === undefined ? {} : { need });

const readName = (place: Place, name: string): NeedDefinition | undefined => {
  if (isBlank(place.node)) fail(place, 'config', "can't be blank");
  return hasFailed(place) ? undefined : { name, artifacts: true, optional: false, position: place.position };
};

const readJobNeed = (place: Place, map: YamlMap): NeedDefinition | undefined => {
  allowKeys(place, map, JOB_NEED_KEYS);
  const [name] = requireTexts(place, map, ['job']);
  checkKey(place, map, 'artifacts', should.beBoolean);
  checkKey(place, map, 'optional', should.beBoolean);
  if (hasFailed(place) || name === undefined) return undefined;
  const matrix = readKeyword(place, map, needMatrixKeyword);
  return {
    name,
    artifacts: booleanOf(map, 'artifacts') ?? true,
    optional: booleanOf(map, 'optional') ?? false,
    ...(matrix === undefined ? {} : { matrix }),
    position: place.position,
  };
};

/** A job of another pipeline of the same family. */
const readPipelineNeed = (place: Place, map: YamlMap): CompiledCrossDependency | undefined => {
  allowKeys(place, map, PIPELINE_NEED_KEYS);
  const [pipeline, job] = requireTexts(place, map, ['pipeline', 'job']);
  checkKey(place, map, 'artifacts', should.beBoolean);
  if (hasFailed(place) || pipeline === undefined || job === undefined) return undefined;
  return { kind: 'pipeline', pipeline, job, artifacts: booleanOf(map, 'artifacts') ?? true };
};

/** The last successful job of that name in another project. */
const readProjectNeed = (place: Place, map: YamlMap): CompiledCrossDependency | undefined => {
  allowKeys(place, map, PROJECT_NEED_KEYS);
  const [project, ref, job] = requireTexts(place, map, ['project', 'ref', 'job']);
  checkKey(place, map, 'artifacts', should.beBoolean);
  if (hasFailed(place) || project === undefined || ref === undefined || job === undefined) return undefined;
  return { kind: 'project', project, ref, job, artifacts: booleanOf(map, 'artifacts') ?? true };
};

const readMirror = (place: Place, map: YamlMap): string | undefined => {
  if (map.entries.length === 0) fail(place, 'config', "can't be blank");
  allowKeys(place, map, MIRROR_NEED_KEYS);
  const [pipeline] = requireTexts(place, map, ['pipeline']);
  return hasFailed(place) ? undefined : pipeline;
};

/** Each must be there and not blank. */
const requireTexts = (place: Place, map: YamlMap, names: readonly string[]): readonly (string | undefined)[] =>
  names.map((name) => {
    const value = givenValue(map, name);
    if (value === undefined || !isText(value)) fail(place, name, should.beText.message);
    if (value === undefined || isBlank(value)) fail(place, name, should.bePresent.message);
    return value?.kind === 'scalar' ? value.text : undefined;
  });

const booleanOf = (map: YamlMap, name: string): boolean | undefined => {
  const value = givenValue(map, name);
  return value?.kind === 'scalar' && typeof value.value === 'boolean' ? value.value : undefined;
};
