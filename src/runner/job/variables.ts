import { join } from 'node:path';
import type { JobVariable } from '../../wire/runner-protocol.ts';
import { goExpand } from './go-expand.ts';

/** A variable as the shell gets it. */
export interface ResolvedVariable {
  readonly key: string;
  /** For a file variable: the content of the file. */
  readonly content: string;
  /** What the environment holds: for a file variable the path of its file. */
  readonly value: string;
  readonly isFile: boolean;
  readonly isMasked: boolean;
}

export type ResolvedVariables = ReadonlyMap<string, ResolvedVariable>;

const own = (key: string, value: string): JobVariable => ({ key, value, public: true, masked: false, raw: true });

/** Variables that the runner adds; the server does not know them. */
export interface RunnerVariables {
  /** Weaker than the job's own: directories, slots, status. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Fetched from outside; stronger than the job's own. */
  readonly secrets?: readonly JobVariable[];
  /** Stronger than all others: facts about this runner. */
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * Merges (later wins: defaults, the job's, secrets, facts) and expands once. File variables become paths in `temp`.
 * gitlab-runner looks references up in values that are not expanded yet: one pass, no recursion.
 */
export const resolveVariables = (
  job: readonly JobVariable[],
  runner: RunnerVariables,
  temp: string,
): ResolvedVariables => {
  const merged = new Map<string, JobVariable>();
  const take = (variable: JobVariable): void => {
    // A later one takes the place of the earlier one in order, too: `export` lines then read as the server sent them.
    merged.delete(variable.key);
    merged.set(variable.key, variable);
  };
  for (const [key, value] of Object.entries(runner.defaults)) take(own(key, value));
  for (const variable of [...job, ...(runner.secrets ?? [])]) take(variable);
  for (const [key, value] of Object.entries(runner.facts)) take(own(key, value));
  const lookUp = (name: string): string | undefined => {
    const variable = merged.get(name);
    return variable?.file === true ? filePath(temp, name) : variable?.value;
  };
  const resolved = new Map<string, ResolvedVariable>();
  for (const [key, variable] of merged) {
    const isFile = variable.file === true;
    const content = variable.raw === true ? variable.value : goExpand(variable.value, lookUp);
    const value = isFile ? filePath(temp, key) : content;
    resolved.set(key, { key, content, value, isFile, isMasked: variable.masked === true });
  }
  return resolved;
};

/** A key comes from outside: it may not lead out of the folder. */
const filePath = (temp: string, key: string): string => join(temp, key.replaceAll(/[^A-Za-z0-9_.-]/g, '_'));

/** The environment that scripts and the artifact helpers see. */
export const environmentOf = (variables: ResolvedVariables): ReadonlyMap<string, string> =>
  new Map([...variables].map(([key, variable]) => [key, variable.value]));

/** Values that may not be seen in the log. */
export const maskedValues = (variables: ResolvedVariables): readonly string[] =>
  [...variables.values()].filter((variable) => variable.isMasked).map((variable) => variable.content);

/** A setting that the runner itself reads. */
export const setting = (variables: ResolvedVariables, key: string): string => variables.get(key)?.content.trim() ?? '';

/** Go's `strconv.ParseBool`; undefined when it is neither. */
export const parseBoolean = (text: string): boolean | undefined => {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  return undefined;
};

/** How often a stage is tried: 1 to 10. */
export const attempts = (variables: ResolvedVariables, key: string): number => {
  const count = Number(setting(variables, key));
  return Number.isInteger(count) ? Math.min(10, Math.max(1, count)) : 1;
};
