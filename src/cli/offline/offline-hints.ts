import type { Diagnostic } from '../../ci-lang/index.ts';

/** What only helps where there is no server: how to hand in the files of another project. */
export const withOfflineHints = (errors: readonly Diagnostic[]): readonly Diagnostic[] =>
  errors.map((error) => {
    const project = /^Project `([^`]+)` not found/.exec(error.message)?.[1];
    return project === undefined ? error : { ...error, hint: `Say where its files are: --project ${project}=<folder>` };
  });
