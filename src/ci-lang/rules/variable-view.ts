import type { Lookup } from '../expressions/index.ts';
import { LIMITS } from '../limits.ts';
import { expandOnce, hideSecrets, secretsOf, sortAndExpandAll, type Variable } from '../variables/index.ts';

/** The variables that one evaluation sees. Nested expansion is worked out only when something asks for it. */
export interface VariableView {
  /** As they are written: what `if` sees. */
  readonly raw: Lookup;
  /** The definition that counts. */
  readonly find: (name: string) => Variable | undefined;
  /** Puts nested-expanded values into a text; unknown references stay. */
  readonly expand: (text: string) => string;
  /** The same; unknown references vanish. */
  readonly expandBlank: (text: string) => string;
  /** Puts raw values into a text; unknown references stay. */
  readonly expandRaw: (text: string) => string;
  /** The same; unknown references vanish. */
  readonly expandRawBlank: (text: string) => string;
  /** Hides the values of masked variables in a text. */
  readonly hide: (text: string) => string;
  /** What keeps the variables from being expanded: `circular variable reference detected: ["A", "B"]`. */
  readonly findProblem: () => string | undefined;
}

/** Characters that expansions of one pipeline may still produce: each job expands anew, and values may multiply. */
export interface ExpansionMeter {
  left: number;
}

export const newExpansionMeter = (): ExpansionMeter => ({ left: LIMITS.expandedCharacters });

/** Characters that take as long as it takes to look for references, whatever comes of them. */
const weighLooking = (value: string): number => {
  const references = (value.match(/[$%]/g) ?? []).length;
  return references === 0 ? 0 : 300 + value.length + 50 * references;
};

type VariableLists = readonly (readonly Variable[])[];

/** `lists`: weakest first; of several definitions of a name the last counts. */
export const viewVariables = (lists: VariableLists, meter: ExpansionMeter): VariableView => {
  let expansion: Expansion | undefined;
  let secrets: readonly string[] | undefined;
  const find = (name: string): Variable | undefined => findDefinition(lists, name);
  const raw: Lookup = (name) => find(name)?.value;
  const nested: Lookup = (name) => {
    expansion ??= expandAll(lists.flat(), meter);
    return expansion.values === undefined ? raw(name) : expansion.values.get(name);
  };
  return {
    raw,
    find,
    expand: (text) => (mayRefer(text) ? expandOnce(text, nested, 'existing') : text),
    expandBlank: (text) => (mayRefer(text) ? expandOnce(text, nested, 'blank') : text),
    expandRaw: (text) => (mayRefer(text) ? expandOnce(text, raw, 'existing') : text),
    expandRawBlank: (text) => (mayRefer(text) ? expandOnce(text, raw, 'blank') : text),
    hide: (text) => {
      secrets ??= secretsOf(lists.flat());
      return hideSecrets(text, secrets);
    },
    findProblem: () => {
      if (expansion !== undefined) return expansion.problem;
      // Only variables that refer to others can be in a circle: most jobs have few of them.
      const referring = lists.flatMap(referringIn);
      return referring.length === 0 ? undefined : expandAll(referring, meter).problem;
    },
  };
};

const knownReferring = new WeakMap<readonly Variable[], readonly Variable[]>();

/** The variables of a list that may refer to others. Jobs share most lists, so the answer is kept. */
const referringIn = (list: readonly Variable[]): readonly Variable[] => {
  const referring = knownReferring.get(list) ?? list.filter(({ value }) => mayRefer(value));
  knownReferring.set(list, referring);
  return referring;
};

/** Searched from the end: a job asks for a few names of many. */
const findDefinition = (lists: VariableLists, name: string): Variable | undefined => {
  for (let at = lists.length - 1; at >= 0; at--) {
    const found = lists[at]?.findLast(({ key }) => key === name);
    if (found !== undefined) return found;
  }
  return undefined;
};

interface Expansion {
  /** Absent: as they are written. */
  readonly values?: ReadonlyMap<string, string>;
  readonly problem: string | undefined;
}

/** A problem leaves all values as they are written. */
const expandAll = (variables: readonly Variable[], meter: ExpansionMeter): Expansion => {
  if (meter.left <= 0) return { problem: 'variables are too long after expansion' };
  const result = sortAndExpandAll(variables, 'server');
  meter.left -= variables.reduce((sum, { value }) => sum + weighLooking(value), 0);
  if (!result.ok) {
    // A circle is found before anything is expanded; other problems cost time, and the next job's would again.
    if (!result.error.startsWith('circular')) meter.left = 0;
    return { problem: result.error };
  }
  meter.left -= result.variables.reduce((sum, { value }) => sum + value.length, 0);
  const values = new Map(result.variables.map(({ key, value }) => [key, value] as const));
  return { values, problem: undefined };
};

const mayRefer = (text: string): boolean => text.includes('$') || text.includes('%');
