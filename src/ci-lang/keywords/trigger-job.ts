import { isUnsupported } from '../unsupported-keywords.ts';
import type { YamlEntry } from '../yaml/index.ts';
import { checkTriggerJob } from './job-checks.ts';
import { readKeyword } from './keyword.ts';
import { needsKeyword } from './needs.ts';
import { isMap } from './node-tests.ts';
import { noteUnsupported } from './note-unsupported.ts';
import { errorsOf, fail, givenEntry, hasFailed, type Place } from './place.ts';

/** A job without a script: it starts a pipeline elsewhere. None of them is supported yet, so there is no value. */
export const readTriggerJob = (place: Place, entry: YamlEntry): void => {
  const map = entry.value;
  if (!isMap(map)) return;
  checkTriggerJob(place, entry, map);
  if (hasFailed(place)) return;
  const trigger = givenEntry(map, 'trigger');
  if (trigger === undefined) {
    readKeyword(place, map, needsKeyword);
    if (errorsOf(place).length === 0) fail(place, 'config', 'should contain either a trigger or a needs:pipeline');
    return;
  }
  if (isUnsupported('job', 'trigger')) noteUnsupported(place, map, 'job');
};
