import type { CompiledCrossDependency } from '../compiled.ts';
import { LIMITS } from '../limits.ts';
import type { YamlMap } from '../yaml/index.ts';
import type { Keyword } from './keyword.ts';
import { type Need, type NeedDefinition, readNeed } from './need.ts';
import { flatten, isList, isMap, isNull, isNumber } from './node-tests.ts';
import { noteUnsupported } from './note-unsupported.ts';
import { fail, givenValue, hasFailed, type Place, placeInside } from './place.ts';

export interface NeedsDefinition {
  /** Of the same pipeline. None at all is a job that waits for nothing. */
  readonly jobs: readonly NeedDefinition[];
  /** Of other pipelines: for their artifacts only, nothing waits for them. */
  readonly crossDependencies: readonly CompiledCrossDependency[];
  /** `needs:pipeline` of trigger jobs; GitLab allows one. */
  readonly bridges: readonly string[];
}

/** `allowed`: the kinds of needs that have a meaning where the keyword stands. */
export const needsKeyword = (allowed: readonly Need['type'][]): Keyword<NeedsDefinition> => ({
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
    const needs = items.flatMap((item, index) => {
      const inner = placeInside(place, 'need', item, item.position, String(index));
      const need = readNeed(inner);
      if (need?.need !== undefined && isMap(item)) noteUnsupported(inner, item, 'need');
      return need === undefined ? [] : [need];
    });
    checkKinds(place, needs, allowed);
    checkCounts(place, needs);
    return {
      jobs: needs.flatMap((need) => (need.type === 'job' && need.need !== undefined ? [need.need] : [])),
      crossDependencies: needs.flatMap((need) =>
        need.type === 'cross_dependency' && need.need !== undefined ? [need.need] : [],
      ),
      bridges: needs.flatMap((need) => (need.type === 'bridge' && need.need !== undefined ? [need.need] : [])),
    };
  },
});

const hasNumericParallel = (map: YamlMap): boolean => {
  const parallel = givenValue(map, 'parallel');
  return parallel !== undefined && isNumber(parallel);
};

const MEANINGS: Readonly<Record<Need['type'], string>> = {
  job: 'A rule, a job and a trigger job may need jobs of their own pipeline.',
  cross_dependency: 'Only jobs with a script take artifacts of other pipelines, and not by a rule.',
  bridge: 'Only trigger jobs mirror a pipeline; add `job:` to take artifacts of one.',
};

const checkKinds = (place: Place, needs: readonly Need[], allowed: readonly Need['type'][]): void => {
  const others = [...new Set(needs.map(({ type }) => type))].filter((type) => !allowed.includes(type));
  if (others.length === 0) return;
  const hint = others.map((type) => MEANINGS[type]).join(' ');
  fail(place, 'config', `uses invalid types: ${others.join(', ')}`, hint);
};

const checkCounts = (place: Place, needs: readonly Need[]): void => {
  for (const from of ['pipeline', 'project']) {
    const count = needs.filter((need) => need.type === 'cross_dependency' && need.from === from).length;
    if (count > LIMITS.crossDependencies) {
      fail(place, 'config', `must be less than or equal to ${LIMITS.crossDependencies}`);
    }
  }
};
