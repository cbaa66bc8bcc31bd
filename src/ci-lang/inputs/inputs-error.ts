import { ConfigError, diagnosticAt } from '../config-error.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { LIMITS } from '../limits.ts';
import type { SourcePosition } from '../yaml/index.ts';

/** Something wrong with the inputs of a file, not yet with the file's name. */
export const inputProblem = (
  message: string,
  position: SourcePosition,
  path: readonly string[],
  hint?: string,
): Diagnostic => {
  const problem = diagnosticAt('error', message, position, path);
  return hint === undefined ? problem : { ...problem, hint };
};

/** Throws when there is anything to refuse: as one error, as in GitLab, with the file's name and three problems. */
export const refuseProblems = (shown: string, problems: readonly Diagnostic[]): void => {
  const named = problems.slice(0, LIMITS.shownInputErrors);
  const [first] = named;
  if (first === undefined) return;
  const message = `\`${shown}\`: ${named.map((problem) => problem.message).join(', ')}`;
  const hints = [...new Set(named.flatMap(({ hint }) => hint ?? []))];
  throw new ConfigError([{ ...first, message, ...(hints.length === 0 ? {} : { hint: hints.join(' ') }) }]);
};
