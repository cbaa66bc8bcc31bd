import { sortVariables } from './sort-variables.ts';
import type { Variable } from './variable.ts';

/**
 * `server`: every reference is replaced, unknown ones by nothing. `runner` (what is sent to the runner): references to
 * unknown, file and raw variables stay as written, since the runner expands once more.
 */
export type ExpansionMode = 'server' | 'runner';

export type ExpandedVariables =
  | { readonly ok: true; readonly variables: readonly Variable[] }
  /** `circular variable reference detected: ["A", "B"]`, or that the values became too long. */
  | { readonly ok: false; readonly error: string };

/** `$$` and `%%` are found first so that they shield what follows; `${}` refers to nothing. */
const REFERENCE = /\$\$|%%|\$([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)?\}|%([A-Za-z_]\w*)%/g;

/** Characters of all expanded values: doubling references grow without end. */
const MAX_EXPANDED = 16 * 1024 * 1024;

function isExpandable(variable: Variable): boolean {
  return variable.raw !== true && (variable.value.includes('$') || variable.value.includes('%'));
}

function referencesOf(variable: Variable): readonly string[] {
  if (!isExpandable(variable)) return [];
  return Array.from(
    variable.value.matchAll(REFERENCE),
    ([, plain, braced, percent]) => plain ?? braced ?? percent,
  ).filter((name) => name !== undefined);
}

/** Thrown inside a replacement to stop it. */
class TooLong extends Error {}

function expandValue(value: string, known: ReadonlyMap<string, Variable>, mode: ExpansionMode, room: number): string {
  let length = value.length;
  return value.replace(REFERENCE, (written: string, plain?: string, braced?: string, percent?: string) => {
    const name = plain ?? braced ?? percent;
    if (name === undefined) return written;
    const variable = known.get(name);
    if (variable === undefined) return mode === 'runner' ? written : '';
    if (mode === 'runner' && (variable.file === true || variable.raw === true)) return written;
    length += variable.value.length;
    if (length > room) throw new TooLong();
    return variable.value;
  });
}

/**
 * Orders a list so that what is referred to comes first, and expands each value once with the values before it.
 * All definitions of a key stay in the list, and a reference means the last one *in the new order*: a weaker definition
 * that mentions its own key comes after the stronger one, takes its value in, and wins. `$$` and `%%` stay.
 * A definition that only mentions itself is no cycle (`A="$A"` alone is empty, or kept for the runner).
 */
export function sortAndExpandAll(list: readonly Variable[], mode: ExpansionMode): ExpandedVariables {
  const components = sortVariables(list, referencesOf);
  const cycles = components.filter((component) => component.length > 1);
  if (cycles.length > 0) {
    const shown = cycles.map((cycle) => `[${cycle.map(({ key }) => `"${key}"`).join(', ')}]`);
    return { ok: false, error: `circular variable reference detected: ${shown.join(', ')}` };
  }
  const known = new Map<string, Variable>();
  const variables: Variable[] = [];
  let room = MAX_EXPANDED;
  try {
    for (const variable of components.flat()) {
      const expanded = isExpandable(variable)
        ? { ...variable, value: expandValue(variable.value, known, mode, room) }
        : variable;
      room -= expanded.value.length;
      known.set(expanded.key, expanded);
      variables.push(expanded);
    }
  } catch (error) {
    if (error instanceof TooLong) return { ok: false, error: 'variables are too long after expansion' };
    throw error;
  }
  return { ok: true, variables };
}
