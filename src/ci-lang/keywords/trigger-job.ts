import { definedOnly } from '../defined-only.ts';
import type { YamlEntry } from '../yaml/index.ts';
import { checkTriggerJob } from './job-checks.ts';
import type { BridgeDefinition } from './job-definition.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { needsKeyword } from './needs.ts';
import { isMap } from './node-tests.ts';
import { noteUnsupported } from './note-unsupported.ts';
import { triggerParallelKeyword } from './parallel.ts';
import { errorsOf, fail, givenEntry, givenValue, hasFailed, type Place } from './place.ts';
import { type JobSurroundings, readProcessable } from './processable.ts';
import { triggerKeyword } from './trigger.ts';

const bridgeNeedsKeyword = needsKeyword(['job', 'bridge']);

/** A job without a script: it starts a pipeline elsewhere, or shows the status of one. */
export const readTriggerJob = (
  place: Place,
  entry: YamlEntry,
  surroundings: JobSurroundings,
): BridgeDefinition | undefined => {
  const map = entry.value;
  if (!isMap(map)) return undefined;
  checkTriggerJob(place, entry, map);
  if (hasFailed(place)) return undefined;
  const read = <Value>(keyword: Keyword<Value>): Value | undefined => readKeyword(place, map, keyword);
  // In the order in which GitLab reports their errors.
  const { definition } = readProcessable(place, entry.name ?? '', map, surroundings);
  const trigger = read(triggerKeyword);
  const needsPlace = place.inner.length;
  const needs = read(bridgeNeedsKeyword);
  const needsAreSound = place.inner.slice(needsPlace).every((inner) => errorsOf(inner).length === 0);
  const mirrors = needsAreSound ? (needs?.bridges ?? []) : [];
  if (givenEntry(map, 'trigger') === undefined && mirrors.length === 0) {
    fail(place, 'config', 'should contain either a trigger or a needs:pipeline');
  }
  if (mirrors.length > 1) fail(place, 'config', 'should contain at most one bridge need');
  const parallel = read(triggerParallelKeyword);
  const allowFailure = givenValue(map, 'allow_failure');
  noteUnsupported(place, map, 'job');
  return {
    ...definition,
    kind: 'bridge',
    artifactJobs: trigger?.artifactJobs ?? [],
    ...definedOnly({
      trigger: trigger?.trigger,
      mirrors: mirrors[0],
      needs: needs?.jobs,
      parallel,
      allowFailure: allowFailure?.kind === 'scalar' ? allowFailure.value === true : undefined,
    }),
  };
};
