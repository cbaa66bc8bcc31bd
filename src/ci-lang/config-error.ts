import type { Diagnostic } from './diagnostic.ts';
import { LIMITS } from './limits.ts';
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

/** What is found of each item until there is more to say than anybody reads: one mistake in a template is in every job. */
export const findUntilEnough = <Item>(
  items: Iterable<Item>,
  find: (item: Item) => readonly Diagnostic[],
): readonly Diagnostic[] => {
  const found: Diagnostic[] = [];
  let left: number = LIMITS.errorCharacters;
  for (const item of items) {
    for (const diagnostic of find(item)) {
      left -= weigh(diagnostic);
      found.push(diagnostic);
    }
    if (left <= 0) break;
  }
  return found;
};

const weigh = ({ message, hint, path }: Diagnostic): number =>
  message.length + (hint?.length ?? 0) + path.reduce((sum, step) => sum + step.length, 0);
