import { suggestName } from '../suggest-name.ts';

/** Enough for a person; looking for more would take long in a hostile file. */
const MOST_HINTS = 5;

/** A hint for names (or values) that are not known, if any of them is close to one that is. */
export const didYouMean = (unknown: readonly string[], known: readonly string[]): string | undefined => {
  const hints = unknown.slice(0, MOST_HINTS).flatMap((name) => {
    const meant = suggestName(name, known);
    return meant === undefined || meant === name ? [] : [`Did you mean \`${meant}\` instead of \`${name}\`?`];
  });
  return hints.length === 0 ? undefined : hints.join(' ');
};
