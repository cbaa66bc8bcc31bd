import { findFileContent } from '../../platform/git/index.ts';
import { type HasRepository, type RepositoryDeps, repositoryOf } from './repositories.ts';

// Files larger than this are streamed, never held.
const MAX_BYTES = 100 * 1024 * 1024;

/**
 * A file's bytes at a commit (40 digits). Undefined when there is no such file: a folder, a path that no file can
 * have (`..`, NUL), a file of more than 100 MiB.
 */
export const readFile = (
  deps: RepositoryDeps,
  project: HasRepository,
  sha: string,
  path: string,
): Promise<Buffer | undefined> => findFileContent(repositoryOf(deps, project), sha, path, MAX_BYTES);

/** The same as UTF-8 text; a byte order mark stays, what is not UTF-8 becomes replacement characters. */
export const readTextFile = async (
  deps: RepositoryDeps,
  project: HasRepository,
  sha: string,
  path: string,
): Promise<string | undefined> => (await readFile(deps, project, sha, path))?.toString('utf8');
