import { LIMITS } from '../limits.ts';
import type { YamlEntry, YamlMap } from '../yaml/index.ts';
import { allowFailureKeyword } from './allow-failure.ts';
import { allowKeys, allowOnlyOneOf, checkKey, should } from './checks.ts';
import { dependenciesKeyword } from './dependencies.ts';
import { extendsKeyword } from './extends.ts';
import { JOB_KEYS, TRIGGER_JOB_KEYS } from './job-keys.ts';
import { checkAtHolder } from './keyword.ts';
import { isBlank } from './node-tests.ts';
import { isPagesJob } from './pages.ts';
import { fail, givenValue, type Place } from './place.ts';
import { jobRulesKeyword } from './rules.ts';
import { runKeyword } from './run.ts';
import { checkStartIn } from './start-in.ts';
import { triggerWhenKeyword, whenKeyword } from './when.ts';

const EXCLUDED_BY_RULES = ['only', 'except', 'start_in'];

/** A job's own checks, in GitLab's order; nothing inside is read when one of them fails. */
export const checkJob = (place: Place, entry: YamlEntry, map: YamlMap): void => {
  checkCommon(place, entry, map);
  allowKeys(place, map, JOB_KEYS);
  for (const other of ['script', 'before_script', 'after_script']) allowOnlyOneOf(place, map, [other, 'run']);
  const script = givenValue(map, 'script');
  if (!map.byName.has('run') && (script === undefined || isBlank(script))) fail(place, 'script', "can't be blank");
  checkAtHolder(place, map, [whenKeyword, dependenciesKeyword, allowFailureKeyword]);
  checkKey(place, map, 'manual_confirmation', should.beText);
  checkAtHolder(place, map, [runKeyword]);
  checkDelay(place, map);
  checkPublish(place, entry, map);
};

export const checkTriggerJob = (place: Place, entry: YamlEntry, map: YamlMap): void => {
  checkCommon(place, entry, map);
  allowKeys(place, map, TRIGGER_JOB_KEYS);
  checkAtHolder(place, map, [triggerWhenKeyword]);
  checkKey(place, map, 'allow_failure', should.beBoolean);
};

const checkCommon = (place: Place, entry: YamlEntry, map: YamlMap): void => {
  if (isBlank(entry.key)) fail(place, 'name', "can't be blank");
  if (entry.name === undefined) fail(place, 'name', 'should be a symbol');
  if ((entry.name ?? '').length > LIMITS.jobNameLength) {
    fail(place, 'name', `is too long (maximum is ${LIMITS.jobNameLength} characters)`);
  }
  allowOnlyOneOf(place, map, ['script', 'trigger']);
  allowOnlyOneOf(place, map, ['run', 'trigger']);
  if (givenValue(map, 'rules') !== undefined) {
    const excluded = [...map.byName.keys()].filter(
      (name) => EXCLUDED_BY_RULES.includes(name) && givenValue(map, name) !== undefined,
    );
    if (excluded.length > 0) fail(place, 'config', `key may not be used with \`rules\`: ${excluded.join(', ')}`);
  }
  checkAtHolder(place, map, [extendsKeyword, jobRulesKeyword]);
  checkKey(place, map, 'resource_group', should.beText);
};

/** `start_in` goes with `when: delayed`, and with `rules` it belongs into the rule. */
const checkDelay = (place: Place, map: YamlMap): void => {
  const when = givenValue(map, 'when');
  const delayed = when?.kind === 'scalar' && when.text === 'delayed';
  const startIn = givenValue(map, 'start_in');
  if (delayed) checkStartIn(place, startIn);
  if ((map.byName.has('rules') || !delayed) && startIn !== undefined && !isBlank(startIn)) {
    fail(place, 'start_in', 'must be blank');
  }
};

const checkPublish = (place: Place, entry: YamlEntry, map: YamlMap): void => {
  const publish = givenValue(map, 'publish');
  if (publish === undefined || isBlank(publish) || isPagesJob(entry.name ?? '', map)) return;
  fail(place, 'publish', 'can only be used within a `pages` job', 'Use `pages: {publish: …}`.');
};
