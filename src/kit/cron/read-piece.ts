import { aOf, type FieldKind, valueOf } from './field-kind.ts';
import { hashValues } from './hash-values.ts';
import { type Refusal, refuse } from './refusal.ts';

/** What stands between two commas, its values looked up. Absent bounds are the field's own. */
export interface RangePiece {
  readonly kind: 'range';
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly step: number | undefined;
}

/** `H`, already resolved. */
interface ValuesPiece {
  readonly kind: 'values';
  readonly values: readonly number[];
}

const RANGE = /^(?:\*|(-?\w+)(?:-(-?\w+))?)?(?:\/(\w*))?$/;
const HASH = /^H(?:\((\w+)-(\w+)\))?(?:\/(\w*))?$/;

/** `1`, `monday`, `61`: why a word is not a value of the field. */
const noValue = (kind: FieldKind, word: string): Refusal => {
  const short = word.slice(0, 3).toLowerCase();
  if (kind.names.has(short) && short !== word.toLowerCase() && kind.name !== 'day')
    return refuse(`"${word}" is not understood: write the first three letters, ${short}.`);
  return refuse(`"${word}" is not ${aOf(kind)}: write ${kind.expected}.`);
};

const readStep = (text: string | undefined): number | undefined | Refusal => {
  if (text === undefined) return undefined;
  if (/^\d\d?$/.test(text) && Number(text) > 0) return Number(text);
  return refuse(`"/${text}" is not a step: write a number from 1 to 99 after the slash.`);
};

const readHash = (
  kind: FieldKind,
  piece: string,
  match: RegExpExecArray,
  seed: string | undefined,
): ValuesPiece | Refusal => {
  if (seed === undefined) return refuse('H has no meaning here: write a number.');
  const [, from, to, stepText] = match;
  const step = readStep(stepText);
  if (typeof step === 'object') return step;
  if (from === undefined || to === undefined) return { kind: 'values', values: hashValues(kind, seed, step) };
  const least = valueOf(kind, from);
  const most = valueOf(kind, to);
  if (least === undefined) return noValue(kind, from);
  if (most === undefined) return noValue(kind, to);
  if (least < kind.least || least > most || most > kind.most)
    return refuse(
      `"${piece}" has no range: write the lower ${kind.name} first, ${kind.least} to ${kind.most} at most.`,
    );
  return { kind: 'values', values: hashValues(kind, seed, step, { least, most }) };
};

/** Reads `*`, `5`, `1-5`, `*` + `/10`, `/10`, `3-59/10`, `H(0-29)/10`. */
export const readPiece = (
  kind: FieldKind,
  piece: string,
  seed: string | undefined,
): RangePiece | ValuesPiece | Refusal => {
  const hash = HASH.exec(piece);
  if (hash !== null) return readHash(kind, piece, hash, seed);
  const match = RANGE.exec(piece);
  if (match === null) return refuse(`"${piece}" is not understood as ${aOf(kind)}: write ${kind.expected}.`);
  const [, fromText, toText, stepText] = match;
  const step = readStep(stepText);
  if (typeof step === 'object') return step;
  const from = fromText === undefined ? undefined : valueOf(kind, fromText);
  if (fromText !== undefined && from === undefined) return noValue(kind, fromText);
  const to = toText === undefined ? undefined : valueOf(kind, toText);
  if (toText !== undefined && to === undefined) return noValue(kind, toText);
  return { kind: 'range', from, to, step };
};
