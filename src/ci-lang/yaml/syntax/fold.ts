/**
 * Line breaks inside a plain or quoted scalar: one becomes a space, of several the first vanishes.
 * The Unicode separators are never folded.
 */
export function foldBreaks(first: string, more: string): string {
  if (first !== '\n') return first + more;
  return more === '' ? ' ' : more;
}
