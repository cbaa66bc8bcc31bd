import type { Status } from '../../../wire/statuses.ts';

/**
 * `ref_status_name`: how the pipelines of a ref go. `before`: how those before this one ended (`success`, `failed`), the
 * newest first. While this one runs, the word for the last that ended. Pure.
 */
export const refStatusName = (status: Status, before: readonly string[]): string => {
  const [last, older] = status === 'success' || status === 'failed' ? [status, before[0]] : before;
  if (last === undefined) return 'unknown';
  if (last === 'success') return older === 'failed' ? 'fixed' : 'success';
  if (older === undefined) return 'failed';
  return older === 'failed' ? 'still_failing' : 'broken';
};
