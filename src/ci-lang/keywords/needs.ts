import type { SourcePosition, YamlMap } from '../yaml/index.ts';
import { allowKeys, checkKey, should } from './checks.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { flatten, isBlank, isList, isMap, isNull, isNumber, isText } from './node-tests.ts';
import { noteUnsupported } from './note-unsupported.ts';
import { type MatrixRow, needMatrixKeyword } from './parallel.ts';
import { fail, failWith, givenValue, hasFailed, locationOf, type Place, placeInside } from './place.ts';

export interface NeedDefinition {
  readonly name: string;
  readonly artifacts: boolean;
  readonly optional: boolean;
  /** `parallel:matrix` of the need: only these instances of the job. */
  readonly matrix?: readonly MatrixRow[];
  readonly position: SourcePosition;
}

/** An empty list is a job that waits for nothing. */
export const needsKeyword: Keyword<readonly NeedDefinition[]> = {
  name: 'needs',
  read: (place) => {
    const { node } = place;
    if (!isMap(node) && !isList(node)) fail(place, 'config', 'can only be a Hash or an Array');
    if (isMap(node) && node.entries.length === 0) fail(place, 'config', 'can not be an empty Hash');
    const items = flatten(node).filter((item) => !isNull(item));
    if (items.some((item) => isMap(item) && hasNumericParallel(item))) {
      fail(place, 'config', 'cannot use "parallel: <number>".');
    }
    if (hasFailed(place)) return undefined;
    return items.flatMap((item, index) => {
      const need = readNeed(placeInside(place, 'need', item, item.position, String(index)));
      return need === undefined ? [] : [need];
    });
  },
};

const hasNumericParallel = (map: YamlMap): boolean => {
  const parallel = givenValue(map, 'parallel');
  return parallel !== undefined && isNumber(parallel);
};

const readNeed = (place: Place): NeedDefinition | undefined => {
  const { node, position } = place;
  if (isText(node)) {
    if (isBlank(node)) fail(place, 'config', "can't be blank");
    return { name: node.text, artifacts: true, optional: false, position };
  }
  if (!isMap(node)) {
    failWith(place, `${locationOf(place)} has an unsupported type`);
    return undefined;
  }
  const noted = place.unsupported.length;
  noteUnsupported(place, node, 'need');
  if (place.unsupported.length > noted) return undefined;
  if (!node.byName.has('job')) {
    failWith(place, `${locationOf(place)} has an unsupported type`);
    return undefined;
  }
  return readJobNeed(place, node);
};

const readJobNeed = (place: Place, map: YamlMap): NeedDefinition | undefined => {
  allowKeys(place, map, ['job', 'artifacts', 'optional', 'parallel']);
  const job = map.byName.get('job')?.value;
  if (job === undefined || !isText(job)) fail(place, 'job', 'should be a string');
  if (job === undefined || isBlank(job)) fail(place, 'job', "can't be blank");
  checkKey(place, map, 'artifacts', should.beBoolean);
  checkKey(place, map, 'optional', should.beBoolean);
  if (hasFailed(place) || job?.kind !== 'scalar') return undefined;
  const matrix = readKeyword(place, map, needMatrixKeyword);
  return {
    name: job.text,
    artifacts: !isFalse(map, 'artifacts'),
    optional: isTrue(map, 'optional'),
    ...(matrix === undefined ? {} : { matrix }),
    position: place.position,
  };
};

const isTrue = (map: YamlMap, name: string): boolean => {
  const value = givenValue(map, name);
  return value?.kind === 'scalar' && value.value === true;
};

const isFalse = (map: YamlMap, name: string): boolean => {
  const value = givenValue(map, name);
  return value?.kind === 'scalar' && value.value === false;
};
