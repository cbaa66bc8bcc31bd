import { findAtPath, findLastCommitOf, listFolderDeep, type Repository } from '../../platform/git/index.ts';
import { type HasRepository, type RepositoryDeps, repositoryOf } from './repositories.ts';

/** What is asked about a path: the id of what is there, or that of the newest commit that changed it. */
export interface PathQuestion {
  readonly id: 'content' | 'last_commit';
  readonly path: string;
}

/** From as many paths on, one list of the whole tree is quicker. */
const MANY = 500;
/** Git processes at a time. */
const AT_ONCE = 4;

/** The ids at a commit (40 digits), in the order of the questions; undefined where there is nothing. */
export const identifyFiles = async (
  deps: RepositoryDeps,
  project: HasRepository,
  sha: string,
  questions: readonly PathQuestion[],
): Promise<readonly (string | undefined)[]> => {
  const repository = repositoryOf(deps, project);
  const contents = questions.filter(({ id }) => id === 'content').map(({ path }) => path);
  const commits = questions.filter(({ id }) => id === 'last_commit').map(({ path }) => path);
  const blobs = await findContents(repository, sha, contents);
  const changes = await findChanges(repository, sha, commits);
  return questions.map(({ id, path }) => (id === 'content' ? blobs : changes).get(path));
};

type Ids = ReadonlyMap<string, string | undefined>;

/** With a slash at its end a path means a folder. */
const withoutSlash = (path: string): string => path.replace(/\/$/, '');

const findContents = async (repository: Repository, sha: string, paths: readonly string[]): Promise<Ids> => {
  if (paths.length < MANY) {
    const found = await Promise.all(paths.map((path) => findAtPath(repository, sha, withoutSlash(path))));
    return new Map(paths.map((path, at) => [path, found[at]?.sha] as const));
  }
  const tree = (await listFolderDeep(repository, sha, '')) ?? [];
  const known = new Map(tree.map((entry) => [entry.path, entry.sha] as const));
  return new Map(paths.map((path) => [path, known.get(withoutSlash(path))] as const));
};

const findChanges = async (repository: Repository, sha: string, paths: readonly string[]): Promise<Ids> => {
  const ids = new Map<string, string | undefined>();
  for (let start = 0; start < paths.length; start += AT_ONCE) {
    const some = paths.slice(start, start + AT_ONCE);
    // A few at a time: each is a process that may read much of the history
    const found = await Promise.all(some.map((path) => findLastCommitOf(repository, sha, path)));
    for (const [at, path] of some.entries()) ids.set(path, found[at]);
  }
  return ids;
};
