import type { CompiledCache } from '../../../ci-lang/index.ts';
import type { JobCache } from '../../../wire/runner-protocol.ts';
import { ROLES } from '../../groups/index.ts';
import { findRole } from '../../projects/index.ts';
import type { JobSourceDeps, JobSources } from './job-sources.ts';

/**
 * Jobs of protected branches and tags, and those of maintainers, have caches of their own, so that nobody else can put
 * something into them; `unprotect` gives that up. The runner expands the rest of the key.
 */
export async function cachesOf(deps: JobSourceDeps, sources: JobSources): Promise<readonly JobCache[]> {
  const { caches = [] } = sources.job.options;
  if (caches.length === 0) return [];
  const isProtected = sources.job.protected || (await isMaintainer(deps, sources));
  return caches.map((cache) => presentCache(cache, isProtected));
}

async function isMaintainer(deps: JobSourceDeps, { user, project }: JobSources): Promise<boolean> {
  const role = await findRole(deps.db, user, project.id, deps.clock.now());
  return role !== undefined && role >= ROLES.maintainer;
}

function presentCache(cache: CompiledCache, isProtected: boolean): JobCache {
  const { key, untracked, paths, policy, when, unprotect, fallbackKeys } = cache;
  const suffixed = (text: string): string => `${text}-${isProtected && !unprotect ? 'protected' : 'non_protected'}`;
  return { key: suffixed(key), untracked, paths, policy, when, fallback_keys: fallbackKeys.map(suffixed) };
}
