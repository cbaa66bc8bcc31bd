import { randomUUID } from 'node:crypto';
import { createWriteStream, type Stats } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { JobCache } from '../../wire/runner-protocol.ts';
import { compressionLevel, zipStream } from '../artifacts/encode.ts';
import { extractZip } from '../artifacts/extract-zip.ts';
import { type SelectedFiles, selectFiles } from '../artifacts/select-files.ts';
import { shellExpand } from '../artifacts/shell-expand.ts';
import { hasSelection, isUploaded } from '../artifacts/upload-artifacts.ts';
import { goExpand } from '../job/go-expand.ts';
import type { JobScope } from '../job/job-scope.ts';
import { environmentOf, setting } from '../job/variables.ts';
import { cacheKeyPath } from './cache-key.ts';

/** Caches of one runner on its own disk, shared by all slots of a project. Nothing of it touches the server. */

type Environment = ReadonlyMap<string, string>;

const expandKey = (text: string, environment: Environment): string => goExpand(text, (name) => environment.get(name));

const policyOf = (cache: JobCache, environment: Environment): string =>
  expandKey(cache.policy ?? '', environment) || 'pull-push';

/** Path of the archive, undefined when the key comes to nothing. */
const archivePath = (scope: JobScope, key: string): string | undefined => {
  const path = cacheKeyPath(key);
  if (path === '') return undefined;
  if (path !== key) scope.log.warning(`cache key "${key}" was changed to "${path}"`);
  return join(scope.directories.cache, path, 'cache.zip');
};

const keyOf = (scope: JobScope, cache: JobCache, environment: Environment): string => {
  const key = expandKey(cache.key, environment);
  return key === '' ? `${scope.payload.job_info.name}/${scope.payload.git_info.ref}` : key;
};

/** Unpacks the caches that the policy lets in, each from the first of its keys that exists. Failures are only told. */
export const restoreCaches = async (scope: JobScope): Promise<void> => {
  const variables = scope.variables('running');
  const environment = environmentOf(variables);
  const chosen = (scope.payload.cache ?? []).filter(
    (cache) => hasSelection(cache) && ['pull-push', 'pull'].includes(policyOf(cache, environment)),
  );
  if (chosen.length === 0) return;
  await scope.log.section('restore_cache', 'Restoring cache', async () => {
    for (const cache of chosen) {
      const keys = [keyOf(scope, cache, environment), ...(cache.fallback_keys ?? [])];
      const general = setting(variables, 'CACHE_FALLBACK_KEY');
      if (general.endsWith('-protected')) scope.log.warning('CACHE_FALLBACK_KEY may not end in "-protected"');
      else if (general !== '') keys.push(general);
      await restoreFirst(
        scope,
        keys.map((key) => expandKey(key, environment)),
      );
    }
  });
};

const restoreFirst = async (scope: JobScope, keys: readonly string[]): Promise<void> => {
  for (const key of keys) {
    scope.control.job.throwIfAborted();
    const archive = archivePath(scope, key);
    if (archive === undefined) continue;
    scope.log.info(`Checking cache for ${key}...`);
    try {
      await extractZip(archive, scope.directories.project);
      scope.log.info('Successfully extracted cache');
      return;
    } catch (error) {
      const isMissing = (await stat(archive).catch(() => undefined)) === undefined;
      const reason = isMissing ? 'there is none' : error instanceof Error ? error.message : String(error);
      scope.log.warning(`Failed to extract cache: ${reason}`);
    }
  }
};

/** Packs the caches that policy and `when` let out. Failures are only told: a cache never fails a job. */
export const saveCaches = async (
  scope: JobScope,
  environment: Environment,
  succeeded: boolean,
  listUntracked: () => Promise<readonly string[]>,
): Promise<void> => {
  const chosen = (scope.payload.cache ?? []).filter(
    (cache) =>
      hasSelection(cache) &&
      isUploaded(cache.when, succeeded) &&
      ['pull-push', 'push'].includes(policyOf(cache, environment)),
  );
  if (chosen.length === 0) return;
  const [name, word] = succeeded ? ['archive_cache', 'successful'] : ['archive_cache_on_failure', 'failed'];
  await scope.log.section(name, `Saving cache for ${word} job`, async () => {
    for (const cache of chosen) {
      scope.control.job.throwIfAborted();
      try {
        await saveCache(scope, cache, environment, listUntracked);
      } catch (error) {
        scope.control.job.throwIfAborted();
        scope.log.warning(`Failed to create cache: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  });
};

const saveCache = async (
  scope: JobScope,
  cache: JobCache,
  environment: Environment,
  listUntracked: () => Promise<readonly string[]>,
): Promise<void> => {
  const { directories, log } = scope;
  const key = keyOf(scope, cache, environment);
  const archive = archivePath(scope, key);
  if (archive === undefined) return;
  log.info(`Creating cache ${key}...`);
  const paths = (cache.paths ?? []).map((path) => shellExpand(path, environment));
  const selection = { paths, exclude: [], untracked: cache.untracked === true };
  const files = await selectFiles(directories.project, selection, listUntracked, log);
  if (files.size === 0) {
    log.plain('No files to cache.');
    return;
  }
  if (isUpToDate(files, await stat(archive).catch(() => undefined))) {
    log.plain('Archive is up to date!');
    return;
  }
  await mkdir(dirname(archive), { recursive: true });
  const fresh = `${archive}.${randomUUID()}`;
  try {
    const level = compressionLevel(environment.get('CACHE_COMPRESSION_LEVEL') ?? '');
    await pipeline(zipStream(directories.project, files, level), createWriteStream(fresh, { mode: 0o600 }));
    await rename(fresh, archive);
  } finally {
    await rm(fresh, { force: true });
  }
  await writeFile(join(dirname(archive), 'metadata.json'), JSON.stringify({ cachekey: key }), { mode: 0o600 });
  log.info('Created cache');
};

/** gitlab-runner compares times only: no file is newer than the archive. */
const isUpToDate = (files: SelectedFiles, archive: Stats | undefined): boolean =>
  archive !== undefined && [...files.values()].every((stats) => stats.mtimeMs <= archive.mtimeMs);
