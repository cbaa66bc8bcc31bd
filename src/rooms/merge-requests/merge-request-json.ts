import type { UserId } from '../../kit/ids.ts';
import type { MergeHead, MergeOptions, MergeUnderWay } from './merge-request.ts';

/** The two columns of `merge_requests` that are JSON, both ways. */

const fieldOf = (json: unknown, name: string): unknown =>
  typeof json === 'object' && json !== null ? Object.getOwnPropertyDescriptor(json, name)?.value : undefined;

const textOf = (json: unknown, name: string): string | null => {
  const value = fieldOf(json, name);
  return typeof value === 'string' ? value : null;
};

export const mergeOptionsOf = (json: unknown): MergeOptions => ({
  squash: fieldOf(json, 'squash') === true,
  removeSourceBranch: fieldOf(json, 'removeSourceBranch') === true,
  mergeCommitMessage: textOf(json, 'mergeCommitMessage'),
  squashCommitMessage: textOf(json, 'squashCommitMessage'),
});

/** The branch that an automatic merge was wished into. */
export const wishedTargetOf = (json: unknown): string | null => textOf(json, 'targetBranch');

const headOf = (json: unknown): MergeHead | null => {
  const sha = textOf(json, 'sha');
  return sha === null ? null : { sha, baseSha: textOf(json, 'baseSha'), startSha: textOf(json, 'startSha') };
};

export const mergeUnderWayOf = (sha: string, json: unknown, targetBranch: string): MergeUnderWay => ({
  sha,
  head: headOf(fieldOf(json, 'head')),
  targetBranch: textOf(json, 'targetBranch') ?? targetBranch,
  userId: Number(fieldOf(json, 'userId')) as UserId,
  mergeCommitSha: textOf(json, 'mergeCommitSha'),
  squashCommitSha: textOf(json, 'squashCommitSha'),
  removeSourceBranch: fieldOf(json, 'removeSourceBranch') === true,
  at: new Date(textOf(json, 'at') ?? 0),
});
