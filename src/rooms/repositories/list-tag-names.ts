import { listRefs } from '../../platform/git/index.ts';
import { type HasRepository, type RepositoryDeps, repositoryOf } from './repositories.ts';

const PREFIX = 'refs/tags/';

/** Short names of all tags that lead to a commit. */
export const listTagNames = async (deps: RepositoryDeps, project: HasRepository): Promise<readonly string[]> => {
  const refs = await listRefs(repositoryOf(deps, project), PREFIX);
  return refs.flatMap(({ fullRef, commitSha }) => (commitSha === undefined ? [] : [fullRef.slice(PREFIX.length)]));
};
