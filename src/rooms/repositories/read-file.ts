import { findAtPath, findFileContent, findObjectContent } from '../../platform/git/index.ts';
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

/** The same for files that many may be read of at once: one of more bytes is not read at all. */
export const readSmallTextFile = async (
  deps: RepositoryDeps,
  project: HasRepository,
  sha: string,
  path: string,
  maxBytes: number,
): Promise<string | { readonly kind: 'too_big' } | undefined> => {
  const repository = repositoryOf(deps, project);
  const info = await findAtPath(repository, sha, path);
  if (info?.type !== 'blob') return undefined;
  if (info.size > maxBytes) return { kind: 'too_big' };
  return (await findObjectContent(repository, info.sha))?.content.toString('utf8');
};
