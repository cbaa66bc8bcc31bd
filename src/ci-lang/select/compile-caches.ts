import { sha1Of } from '../../kit/sha1.ts';
import type { CompiledCache } from '../compiled.ts';
import { configError } from '../config-error.ts';
import type { FileQuestion } from '../config-host.ts';
import { compileWildcards } from '../globs/index.ts';
import type { CacheDefinition } from '../keywords/cache.ts';
import type { FileCacheKey } from '../keywords/cache-key.ts';
import type { JobDefinition } from '../keywords/job-definition.ts';
import { LIMITS } from '../limits.ts';
import type { Repository } from '../rules/repository.ts';

/** What a job's caches become. */
export type CompileCaches = (job: JobDefinition) => Promise<readonly CompiledCache[]>;

/**
 * The caches of each job, with keys made from files of the commit. The repository is asked once, for all jobs together,
 * when the first of them needs it.
 */
export const newCompileCaches = (
  definitions: ReadonlyMap<string, JobDefinition>,
  repository: Repository,
): CompileCaches => {
  let asked: Promise<FindDigest> | undefined;
  return async (job) => {
    const caches = cachesOf(job);
    if (caches.every(hasPlainKey)) return caches;
    asked ??= identify([...definitions.values()], repository);
    const findDigest = await asked;
    return caches.map((cache, index) => ({
      ...cache,
      key: typeof cache.key === 'string' ? cache.key : keyOf(cache.key, index, findDigest),
    }));
  };
};

const cachesOf = (job: JobDefinition): readonly CacheDefinition[] => (job.kind === 'build' && job.caches) || [];

/** What a key's files come to, worked out once for each list of files. */
type FindDigest = (key: FileCacheKey) => string | undefined;

const hasPlainKey = (cache: CacheDefinition): cache is CompiledCache => typeof cache.key === 'string';

/** An empty prefix is left out together with its dash. */
const keyOf = (key: FileCacheKey, index: number, findDigest: FindDigest): string => {
  const prefix = key.prefix ?? defaultPrefix(key, index);
  const digest = findDigest(key) ?? 'default';
  return prefix.trim() === '' ? digest : `${prefix}-${digest}`;
};

/** `0_Gemfile`: the cache's number and each file's name up to its first dot, so that caches of one job differ. */
const defaultPrefix = ({ files = [] }: FileCacheKey, index: number): string =>
  files.length === 0 ? String(index) : `${index}_${files.map((file) => file.split('.')[0] ?? '').join('_')}`;

const digestOf = (ids: readonly string[]): string | undefined =>
  ids.length === 0 ? undefined : sha1Of([...new Set(ids)].toSorted().join('-'));

/** Looks for everything that any job's keys name. */
const identify = async (jobs: readonly JobDefinition[], repository: Repository): Promise<FindDigest> => {
  const sources = jobs.flatMap((job) =>
    cachesOf(job).flatMap(({ key }) => (typeof key === 'string' ? [] : [{ job, names: namesOf(key) }])),
  );
  const globs = new Map<string, readonly string[]>();
  const questions = new Map<string, FileQuestion>();
  const ask = (id: FileQuestion['id'], path: string): void => {
    questions.set(`${id}:${path}`, { id, path });
  };
  let [searches, comparisons] = [0, 0];
  for (const { job, names } of sources) {
    for (const { id, path } of names) {
      const isGlob = id === 'content' && path.includes('*');
      if (isGlob ? globs.has(path) : questions.has(`${id}:${path}`)) continue;
      if (isGlob || id === 'last_commit') searches += 1;
      if (searches > LIMITS.cacheKeySearches) throw tooMany(job);
      if (isGlob) {
        const matches = compileWildcards(path);
        // One after the other: the list is fetched once, and nothing else waits
        const files = await repository.listFiles();
        const found = files.filter(matches);
        comparisons += files.length + 4 * found.length;
        if (comparisons > LIMITS.cacheKeyComparisons) throw tooMany(job);
        globs.set(path, found);
        for (const file of found) ask('content', file);
      } else ask(id, path);
    }
  }
  const keys = [...questions.keys()];
  const answers = keys.length === 0 ? [] : await repository.identifyFiles([...questions.values()]);
  const ids = new Map(keys.map((key, at) => [key, answers[at]] as const));
  const digests = new Map<string, string | undefined>();
  return (key) => {
    const names = namesOf(key);
    const list = JSON.stringify(names);
    if (!digests.has(list)) digests.set(list, digestOf(names.flatMap((name) => idsOf(name, globs, ids))));
    return digests.get(list);
  };
};

const idsOf = (
  { id, path }: FileQuestion,
  globs: ReadonlyMap<string, readonly string[]>,
  ids: ReadonlyMap<string, string | undefined>,
): readonly string[] => {
  const paths = (id === 'content' ? globs.get(path) : undefined) ?? [path];
  return paths.map((found) => ids.get(`${id}:${found}`)).filter((found) => found !== undefined);
};

/** What a key names; blank names are nothing. */
const namesOf = ({ files = [], filesCommits = [] }: FileCacheKey): readonly FileQuestion[] => {
  const given = (paths: readonly string[]): readonly string[] => paths.filter((path) => path.trim() !== '');
  return [
    ...given(files).map((path): FileQuestion => ({ id: 'content', path })),
    ...given(filesCommits).map((path): FileQuestion => ({ id: 'last_commit', path })),
  ];
};

const tooMany = (job: JobDefinition): Error =>
  configError(`${job.name}: the cache keys of this pipeline search for too many files`, job.position, [
    'jobs',
    job.name,
    'cache',
  ]);
