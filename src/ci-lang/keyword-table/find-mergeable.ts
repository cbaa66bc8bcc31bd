import type { Shape } from './shape.ts';
import type { KeywordTable } from './table-types.ts';

const STARTS = ['job', 'trigger_job', 'default', 'workflow'];

/**
 * Holders whose keywords may be spread over several places: `extends` and includes merge maps into each other, at any
 * depth, but replace lists. What one place lacks of such a holder may stand in another one.
 */
export const findMergeable = (table: KeywordTable): ReadonlySet<string> => {
  const found = new Set<string>();
  const walked = new Set<string>();
  const walk = (name: string): void => {
    if (walked.has(name)) return;
    walked.add(name);
    for (const { shape } of Object.values(table[name]?.keywords ?? {})) {
      // Where a list is allowed, a single map is short for one
      const listed = new Set(elementsOf(shape));
      for (const inner of holdersOf(shape)) {
        if (!listed.has(inner)) found.add(inner);
        walk(inner);
      }
    }
  };
  for (const name of STARTS) walk(name);
  return found;
};

/** Not through lists. */
const holdersOf = (shape: Shape): readonly string[] => {
  switch (shape.kind) {
    case 'holder':
      return [shape.holder];
    case 'either':
      return shape.of.flatMap(holdersOf);
    case 'map':
      return holdersOf(shape.of);
    default:
      return [];
  }
};

const elementsOf = (shape: Shape): readonly string[] => {
  if (shape.kind === 'list') return holdersOf(shape.of);
  return shape.kind === 'either' ? shape.of.flatMap(elementsOf) : [];
};
