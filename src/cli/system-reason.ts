import { getSystemErrorMessage } from 'node:util';

/** What the system says of a failed call, for people: `no such file or directory`; undefined for any other error. */
export const systemReason = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') return undefined;
  if ('code' in error && error.code === 'EISDIR') return 'it is a folder';
  return getSystemErrorMessage(error.errno);
};
