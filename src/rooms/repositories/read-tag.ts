import { findObjectContent, isShortRefName, tagMessageOf } from '../../platform/git/index.ts';
import { type HasRepository, type RepositoryDeps, repositoryOf } from './repositories.ts';

/** The message of an annotated tag, without a signature; undefined for any other tag, and where there is none. */
export const findTagMessage = async (
  deps: RepositoryDeps,
  project: HasRepository,
  name: string,
): Promise<string | undefined> => {
  if (!isShortRefName(name)) return undefined;
  const tag = await findObjectContent(repositoryOf(deps, project), `refs/tags/${name}`);
  return tag?.type === 'tag' ? tagMessageOf(tag.content) : undefined;
};
