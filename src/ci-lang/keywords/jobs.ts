import { findUntilEnough } from '../config-error.ts';
import { suggestName } from '../suggest-name.ts';
import type { YamlEntry, YamlMap } from '../yaml/index.ts';
import { readJob } from './job.ts';
import type { JobDefinition } from './job-definition.ts';
import { jobKindOf } from './job-keys.ts';
import { isBlank } from './node-tests.ts';
import { errorsOf, fail, failAt, hasFailed, type Place, placeInside, placeOfEntry, warn } from './place.ts';
import type { JobSurroundings } from './processable.ts';
import { readTriggerJob } from './trigger-job.ts';

/** Keywords of the root; every other key is a job or hidden. */
export const ROOT_KEYS = [
  'default',
  'include',
  'before_script',
  'image',
  'services',
  'after_script',
  'variables',
  'stages',
  'cache',
  'workflow',
] as const;

const RESERVED: readonly string[] = ROOT_KEYS;

/** `default` and `workflow` are jobs when they look like one; the other keywords never. */
export const isJobEntry = (entry: YamlEntry): boolean => {
  if (entry.name === undefined || !RESERVED.includes(entry.name)) return true;
  return (entry.name === 'default' || entry.name === 'workflow') && jobKindOf(entry) !== undefined;
};

/** The jobs of the file, in its order. */
export const readJobs = (root: Place, map: YamlMap, surroundings: JobSurroundings): readonly JobDefinition[] => {
  const place = placeInside(root, 'jobs', map);
  const entries = map.entries.filter(isJobEntry);
  for (const entry of entries) if (jobKindOf(entry) === undefined) refuseUnknown(place, entry);
  const visible = entries.some((entry) => ['job', 'trigger'].includes(jobKindOf(entry) ?? ''));
  if (!visible) fail(place, 'config', 'should contain at least one visible job');
  if (hasFailed(place)) return [];
  const jobs: JobDefinition[] = [];
  findUntilEnough(entries, (entry) => {
    const own = placeOfEntry(place, entry);
    const job = readEntry(own, entry, surroundings);
    if (job !== undefined) jobs.push(job);
    return errorsOf(own);
  });
  return jobs;
};

const readEntry = (place: Place, entry: YamlEntry, surroundings: JobSurroundings): JobDefinition | undefined => {
  switch (jobKindOf(entry)) {
    case 'job': {
      const job = readJob(place, entry, surroundings);
      if (job !== undefined && !surroundings.hasWorkflowRules) warnOfDoublePipelines(place, job);
      // Where the keyword asks for pages, that is noted by its name
      if (job?.pages !== undefined && job.name === 'pages')
        warn(place, 'publishes nothing: there are no Pages; `pages: false` says so in the file');
      return job;
    }
    case 'trigger': {
      const job = readTriggerJob(place, entry, surroundings);
      if (job !== undefined && !surroundings.hasWorkflowRules) warnOfDoublePipelines(place, job);
      return job;
    }
    case 'hidden':
      if (isBlank(entry.value)) fail(place, 'config', "can't be blank");
      return undefined;
    case undefined:
      return undefined;
  }
};

const refuseUnknown = (place: Place, entry: YamlEntry): void => {
  const name = entry.name ?? (entry.key.kind === 'scalar' ? entry.key.text : entry.key.kind);
  const keyword = 'config should implement the script:, run:, or trigger: keyword';
  // GitLab writes spaces in a name of letters as underscores, in this message only.
  const shown = /^[a-z\s]+$/.test(name.toLowerCase()) ? name.replaceAll(' ', '_') : name;
  const meant = suggestName(name, ROOT_KEYS);
  failAt(
    place,
    `jobs ${shown} ${keyword}`.toLowerCase(),
    entry,
    meant === undefined ? undefined : `Did you mean \`${meant}\`?`,
  );
};

/** A last rule that is only `when:` runs the job for a push and again for its merge request. */
const warnOfDoublePipelines = (place: Place, job: JobDefinition): void => {
  const rules = place.inner.find(({ label }) => label === 'rules');
  if (rules === undefined || errorsOf(rules).length > 0) return;
  const last = job.rules?.at(-1);
  if (last === undefined || last.keys.join() !== 'when' || last.when === 'never') return;
  const why = 'due to `rules:when` clause with no `workflow:rules`';
  warn(place, `may allow multiple pipelines to run for a single action ${why}`);
};
