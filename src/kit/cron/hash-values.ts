import type { FieldKind } from './field-kind.ts';

/** 32 bits of a text: FNV-1a, its bits mixed again because small remainders of them are taken. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/**
 * What `H` stands for in a field: a value that the seed decides, the same one each time. With a step it is the first of
 * a row, which lies within the first step. Without bounds of its own a day is one of the 28 that every month has.
 */
export const hashValues = (
  kind: FieldKind,
  seed: string,
  step: number | undefined,
  bounds?: { readonly least: number; readonly most: number },
): readonly number[] => {
  const least = bounds?.least ?? kind.least;
  const most = bounds?.most ?? (kind.name === 'day' && step === undefined ? 28 : kind.most);
  const hash = hashOf(`${kind.name}:${seed}`);
  if (step === undefined) return [least + (hash % (most - least + 1))];
  const values: number[] = [];
  for (let value = least + (hash % Math.min(step, most - least + 1)); value <= most; value += step) values.push(value);
  return values;
};
