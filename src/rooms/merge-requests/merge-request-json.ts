import type { UserId } from '../../kit/ids.ts';
import type { MergeOptions, MergeUnderWay } from './merge-request.ts';

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

export const mergeUnderWayOf = (sha: string, json: unknown): MergeUnderWay => ({
  sha,
  userId: Number(fieldOf(json, 'userId')) as UserId,
  mergeCommitSha: textOf(json, 'mergeCommitSha'),
  squashCommitSha: textOf(json, 'squashCommitSha'),
  removeSourceBranch: fieldOf(json, 'removeSourceBranch') === true,
  at: new Date(textOf(json, 'at') ?? 0),
});
