import { ConfigError, diagnosticAt } from './config-error.ts';
import { DeadlinePassed } from './config-host.ts';
import type { Diagnostic } from './diagnostic.ts';
import { TooManyPatterns } from './expressions/index.ts';

/** What an error that ended a compilation says of the configuration; undefined for an outage, which says nothing of it. */
export const refusalOfError = (error: unknown, path: string): readonly [Diagnostic, ...Diagnostic[]] | undefined => {
  if (error instanceof ConfigError) return error.diagnostics;
  if (!(error instanceof DeadlinePassed || error instanceof TooManyPatterns)) return undefined;
  return [diagnosticAt('error', error.message, { file: path, line: 1, column: 1 }, [])];
};
