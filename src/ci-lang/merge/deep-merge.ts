import { configError } from '../config-error.ts';
import { LIMITS } from '../limits.ts';
import { buildEntry, buildMap, type YamlEntry, type YamlMap } from '../yaml/index.ts';

/** How many entries may still be copied: ends files whose templates multiply. */
export interface MergeBudget {
  left: number;
}

export const newMergeBudget = (): MergeBudget => ({ left: LIMITS.expandedNodes });

/**
 * Maps are merged deeply; anything else of the second map replaces what the first has, also with null. A key keeps the
 * place where it stood first.
 */
export const deepMerge = (base: YamlMap, over: YamlMap, budget: MergeBudget): YamlMap => {
  if (base === over || base.entries.length === 0) return over;
  budget.left -= base.entries.length + over.entries.length;
  if (budget.left < 0) throw configError('The parsed YAML is too big', over.position, []);
  const merged = over.entries.map((entry): YamlEntry => {
    const below = entry.name === undefined ? undefined : base.byName.get(entry.name);
    if (below?.value.kind !== 'map' || entry.value.kind !== 'map') return entry;
    return buildEntry(entry.key, deepMerge(below.value, entry.value, budget));
  });
  return buildMap(over.position, [...base.entries, ...merged]);
};
