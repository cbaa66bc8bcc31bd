import { listCommitShas, type Repository } from '../../platform/git/index.ts';

/** The newest commit, from `commitSha` back, that changed a file or folder; undefined when none did. */
export const findLastCommit = async (
  repository: Repository,
  commitSha: string,
  path: string,
): Promise<string | undefined> => {
  const [sha] = await listCommitShas(repository, { from: [commitSha], path, skip: 0, limit: 1 });
  return sha;
};

/** Whether a file is still as the commit `lastCommitId` left it. */
export const hasNotChangedSince = async (
  repository: Repository,
  commitSha: string,
  path: string,
  lastCommitId: string,
): Promise<boolean> => (await findLastCommit(repository, commitSha, path)) === lastCommitId;
