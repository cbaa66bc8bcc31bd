import type { Diagnostic } from './diagnostic.ts';
import type { SourcePosition } from './yaml/node.ts';

/** Ends the compilation: nothing after this point could be trusted. Caught in `compile` only. */
export class ConfigError extends Error {
  readonly diagnostics: readonly [Diagnostic, ...Diagnostic[]];

  constructor(diagnostics: readonly [Diagnostic, ...Diagnostic[]]) {
    super(diagnostics[0].message);
    this.name = 'ConfigError';
    this.diagnostics = diagnostics;
  }
}

export const diagnosticAt = (
  severity: Diagnostic['severity'],
  message: string,
  position: SourcePosition,
  path: readonly string[],
): Diagnostic => ({ severity, message, file: position.file, line: position.line, column: position.column, path });

/** A refusal at one place. */
export const configError = (message: string, position: SourcePosition, path: readonly string[]): ConfigError =>
  new ConfigError([diagnosticAt('error', message, position, path)]);

/** Throws when there is anything to refuse. */
export const refuse = (errors: readonly Diagnostic[]): void => {
  const [first, ...rest] = errors;
  if (first !== undefined) throw new ConfigError([first, ...rest]);
};
