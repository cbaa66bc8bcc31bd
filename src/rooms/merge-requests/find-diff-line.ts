/** A line's place in the old file and in the new one: of an added line the place in the old file where it would stand. */
export interface LinePlace {
  readonly old: number;
  readonly new: number;
}

/**
 * The added (`new`) or removed (`old`) line of a patch at this place in the new file; as in GitLab a removed line is asked for by
 * the number of the line that stands there now. Undefined: there is no such line. Pure.
 */
export const findDiffLine = (patch: string, line: number, type: 'new' | 'old'): LinePlace | undefined => {
  const sign = type === 'new' ? '+' : '-';
  let at: LinePlace = { old: 0, new: 0 };
  for (const text of patch.split('\n')) {
    const head = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(text);
    if (head !== null) {
      at = { old: Number(head[1]), new: Number(head[2]) };
      continue;
    }
    const first = text.charAt(0);
    if (first === sign && at.new === line) return at;
    if (first === '-' || first === ' ') at = { ...at, old: at.old + 1 };
    if (first === '+' || first === ' ') at = { ...at, new: at.new + 1 };
  }
  return undefined;
};
