/** Whether an error is a system call's, with one of these codes (`ENOENT`, `EACCES` …). */
export const isErrno = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
