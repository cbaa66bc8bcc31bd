import type { Diagnostic } from '../../ci-lang/index.ts';

const MISSING_PROJECT =
  /^(?:Project `([^`]+)` not found|Component '[^/']+\/(.+)\/[^/@']+@[^']*' - project does not exist)/;
const OTHER_SERVER = /^Component '([^/']+)\/[^']*' - the component path is not supported$/;

/** What only helps where there is no server: how to hand in the files of another project. */
export const withOfflineHints = (errors: readonly Diagnostic[]): readonly Diagnostic[] =>
  errors.map((error) => {
    const [, included, ofComponent] = MISSING_PROJECT.exec(error.message) ?? [];
    const project = included ?? ofComponent;
    if (project !== undefined) return { ...error, hint: `Say where its files are: --project ${project}=<folder>` };
    const server = OTHER_SERVER.exec(error.message)?.[1];
    return server === undefined ? error : { ...error, hint: `If that is the server: --server https://${server}` };
  });
