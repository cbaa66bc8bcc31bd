import type { JsonValue } from '../compiled-bridge.ts';
import { LIMITS } from '../limits.ts';
import type { YamlMap } from '../yaml/index.ts';
import { allowKeys, checkKey } from './checks.ts';
import { findOptionProblems } from './include-options.ts';
import { jsonOf } from './json-value.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { isBlank, isList, isMap, isNull, isText } from './node-tests.ts';
import { fail, givenValue, hasFailed, type Place, placeInside } from './place.ts';
import { includeRulesKeyword } from './rules.ts';

export const TRIGGER_INCLUDE_KEYS = [
  'local',
  'file',
  'remote',
  'project',
  'ref',
  'integrity',
  'cache',
  'template',
  'artifact',
  'inputs',
  'job',
  'rules',
  'component',
] as const;

export interface TriggerInclude {
  /** As written; loaded when the child pipeline is made. */
  readonly item: JsonValue;
  /** The job whose artifact holds the file. */
  readonly job?: string;
}

/** The files of a child pipeline: only their form is looked at here. One map alone is not allowed. */
export const triggerIncludeKeyword: Keyword<readonly TriggerInclude[]> = {
  name: 'include',
  read: (place) => {
    const { node } = place;
    if (!isList(node) && !isText(node)) {
      const hint = isMap(node) ? 'Write a list with this map in it.' : undefined;
      fail(place, 'config', 'should be an array or a string', hint);
    }
    if (isList(node) && node.items.length > LIMITS.triggerIncludes) {
      fail(place, 'config', `is too long (maximum is ${LIMITS.triggerIncludes})`);
    }
    if (hasFailed(place)) return undefined;
    const items = isList(node) ? node.items.flatMap((item) => (isList(item) ? item.items : [item])) : [node];
    return items
      .filter((item) => !isNull(item))
      .map((item, index) => readItem(placeInside(place, 'include', item, item.position, String(index))));
  },
};

const readItem = (place: Place): TriggerInclude => {
  const { node } = place;
  if (!isMap(node) && !isText(node)) fail(place, 'config', 'should be a hash or a string');
  if (isMap(node)) checkItem(place, node);
  const job = isMap(node) ? givenValue(node, 'job') : undefined;
  return { item: jsonOf(node), ...(job?.kind === 'scalar' ? { job: job.text } : {}) };
};

const checkItem = (place: Place, map: YamlMap): void => {
  for (const { message } of findOptionProblems(map)) fail(place, 'config', message);
  allowKeys(place, map, TRIGGER_INCLUDE_KEYS);
  const job = givenValue(map, 'job');
  if (givenValue(map, 'artifact') !== undefined && (job === undefined || isBlank(job))) {
    fail(place, 'config', 'must specify the job where to fetch the artifact from');
  }
  checkKey(place, map, 'rules', {
    holds: (node) => isList(node) && node.items.every(isMap),
    message: 'should be an array of hashes',
  });
  if (!hasFailed(place)) readKeyword(place, map, includeRulesKeyword);
};
