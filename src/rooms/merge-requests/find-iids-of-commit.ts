import { listRefsContaining, selectContaining } from '../../platform/git/index.ts';
import type { Project } from '../projects/index.ts';
import { repositoryOf } from '../repositories/index.ts';
import type { ReadDeps } from './deps.ts';
import { listBasesOfCommit } from './list-store.ts';

const REFS = 'refs/merge-requests/';

/**
 * The merge requests that have to do with a commit, as GitLab has it: it is one of theirs, or what their merge or
 * squash came to. A commit that was in the target before a merge request began is none of its own.
 */
export const findIidsOfCommit = async (deps: ReadDeps, project: Project, sha: string): Promise<readonly number[]> => {
  const repository = repositoryOf(deps.repositories, project);
  const refs = await listRefsContaining(repository, REFS, sha);
  const heads = refs.map((ref) => Number(ref.slice(REFS.length).split('/')[0])).filter(Number.isSafeInteger);
  const found = await listBasesOfCommit(deps.db, project.id, { sha, iids: heads });
  const bases = found.flatMap(({ baseSha, isResult }) => (isResult || baseSha === null ? [] : [baseSha]));
  const had = await selectContaining(repository, sha, bases);
  return found
    .filter(({ baseSha, isResult }) => isResult || baseSha === null || !had.has(baseSha))
    .map(({ iid }) => iid);
};
