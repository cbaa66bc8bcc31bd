import type { FieldKind } from './field-kind.ts';
import { type RangePiece, readPiece } from './read-piece.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';

/** Each `step`th of the values from one to another, past the end of the field and on from its beginning. */
const walk = (low: number, high: number, from: number, to: number, step: number): readonly number[] => {
  const values: number[] = [];
  let last = to;
  for (let value = from, index = 0; ; index++) {
    if (index % step === 0) values.push(value);
    if (value === last) return values;
    value += 1;
    if (value <= high) continue;
    value = low;
    // Hour 24 is the 0 behind the end.
    if (last > high) last -= high + 1;
  }
};

const expand = (kind: FieldKind, piece: string, range: RangePiece): readonly number[] | 'all' | Refusal => {
  if (range.from !== undefined && range.to === undefined && range.step === undefined) return [range.from];
  const from = range.from ?? kind.least;
  // A range from the beginning of the month to one of its last days goes on to the 31st.
  const to = range.to === undefined || (range.to < 0 && from > 0) ? kind.most : range.to;
  if (from < 0 && to > 0)
    return refuse(`"${piece}" begins at the end of the month: write the range's other day as negative, too, or L.`);
  if (from === kind.least && to === kind.most && (range.step ?? 1) === 1) return 'all';
  return from < 0
    ? walk(-kind.most, -1, from, to, range.step ?? 1)
    : walk(kind.least, kind.most, from, to, range.step ?? 1);
};

/** The values of a field in rising order, `all` when it says nothing (`*`). */
export const readNumberField = (
  kind: FieldKind,
  pieces: readonly string[],
  seed: string | undefined,
): readonly number[] | 'all' | Refusal => {
  const values = new Set<number>();
  let all = false;
  for (const piece of pieces) {
    const read = readPiece(kind, piece, seed);
    if (isRefusal(read)) return read;
    const found = read.kind === 'values' ? read.values : expand(kind, piece, read);
    if (found === 'all') all = true;
    else if (isRefusal(found)) return found;
    else for (const value of found) values.add(kind.name === 'hour' && value === 24 ? 0 : value);
  }
  return all ? 'all' : [...values].toSorted((one, other) => one - other);
};
