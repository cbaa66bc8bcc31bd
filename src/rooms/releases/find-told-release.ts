import type { ReleaseId } from '../../kit/ids.ts';
import type { Commit } from '../../platform/git/index.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { findProjectById, type Project } from '../projects/index.ts';
import { findCommit, type RepositoryDeps } from '../repositories/index.ts';
import { releaseSources, releaseUrl } from './present.ts';
import type { Release } from './release.ts';
import { findReleaseById } from './store.ts';

/** What somebody who is told of a release may need of it. */
export interface ToldRelease {
  readonly release: Release;
  readonly project: Project;
  /** Of its page. */
  readonly url: string;
  /** The archives of the tag's files. */
  readonly sources: readonly { readonly format: string; readonly url: string }[];
  /** Undefined: not in the repository any more. */
  readonly commit: Commit | undefined;
}

/**
 * A release with all that is told of it outside; undefined when it is gone. `db`: the transaction of a `delete`, after which
 * there is nothing to read. `baseUrl`: `https://host/root`.
 */
export const findToldRelease = async (
  deps: { readonly db: Db | Tx; readonly repositories: RepositoryDeps },
  id: ReleaseId,
  baseUrl: string,
): Promise<ToldRelease | undefined> => {
  const release = await findReleaseById(deps.db, id);
  const project = release && (await findProjectById(deps.db, release.projectId));
  if (release === undefined || project === undefined) return undefined;
  return {
    release,
    project,
    url: releaseUrl(project, release.tag, baseUrl),
    sources: releaseSources(project, release.tag, baseUrl),
    commit: await findCommit(deps.repositories, project, release.sha),
  };
};
