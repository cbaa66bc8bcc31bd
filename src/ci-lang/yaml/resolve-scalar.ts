import type { ScalarType } from './node.ts';
import { floatText } from './ruby-text.ts';

/** What a scalar stands for; `text` is Ruby's `to_s` of it. */
export interface ResolvedScalar {
  readonly type: ScalarType;
  readonly value: string | number | boolean | null;
  readonly text: string;
}

/** A scalar that Psych refuses in safe mode (`Tried to load unspecified class: Date`) or that Ruby cannot convert. */
export class ScalarRefusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScalarRefusal';
  }
}

/** Psych's message for a class that is not permitted. */
export function refusedClass(name: string): ScalarRefusal {
  return new ScalarRefusal(`Tried to load unspecified class: ${name}`);
}

/** GitLab's message for any Ruby ArgumentError during loading. */
function invalidNumber(): ScalarRefusal {
  return new ScalarRefusal('Invalid YAML syntax');
}

export function textScalar(value: string): ResolvedScalar {
  return { type: 'text', value, text: value };
}

export function symbolScalar(name: string): ResolvedScalar {
  return { type: 'symbol', value: name, text: name };
}

const NULL: ResolvedScalar = { type: 'null', value: null, text: '' };
const TRUE: ResolvedScalar = { type: 'boolean', value: true, text: 'true' };
const FALSE: ResolvedScalar = { type: 'boolean', value: false, text: 'false' };

export function floatScalar(value: number): ResolvedScalar {
  return { type: 'float', value, text: floatText(value) };
}

/** Longer numbers stay text: converting them costs more than linear time. */
const MAX_DIGITS = 10_000;

function integerScalar(value: bigint): ResolvedScalar {
  return { type: 'integer', value: Number(value), text: value.toString() };
}

const WORDLIKE = /^[^\d.:-]?[\p{Alphabetic}_\s!@#$%^&*(){}<>|/\\~;=]+/u;
const TIME = /^-?\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|\s+)\d{1,2}:\d\d:\d\d(?:\.\d*)?(?:\s*(?:Z|[-+]\d{1,2}:?(?:\d\d)?))?$/;
const DATE = /^\d{4}-(?:1[012]|0\d|\d)-(?:[12]\d|3[01]|0\d|\d)$/;
const SEXAGESIMAL = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,2}$/;
const SEXAGESIMAL_FLOAT = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,2}\.[0-9_]*$/;
const FLOAT = /^[-+]?(?:[0-9][0-9_,]*)?\.[0-9]*(?:[eE][-+][0-9]+)?$/;
const INTEGER = /^(?:[-+]?0b[0-1_,]+|[-+]?0[0-7_,]+|[-+]?(?:0|[1-9](?:[0-9]|,[0-9]|_[0-9])*)|[-+]?0x[0-9a-fA-F_,]+)$/;
const LEADING_INTEGER = /^[-+]?\d+(?:_\d+)*/;
const LEADING_FLOAT = /^[-+]?\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?/;
const MINUTES_BASE = 60;

/** Words of at most five characters that are not text. */
function resolveWord(text: string): ResolvedScalar {
  if (text.length > 5) return textScalar(text);
  if (text === '~') return NULL;
  switch (text.toLowerCase()) {
    case 'null':
      return NULL;
    case 'yes':
    case 'true':
    case 'on':
      return TRUE;
    case 'no':
    case 'false':
    case 'off':
      return FALSE;
    default:
      return textScalar(text);
  }
}

function resolveSymbol(text: string): ResolvedScalar {
  const quoted = /^:(["'])(.*)\1/.exec(text);
  return symbolScalar((quoted?.[2] ?? text).replace(/^:/, ''));
}

function parseInteger(text: string): bigint {
  const [, sign, digits = ''] = /^([-+]?)(.*)$/.exec(text.replace(/[,_]/g, '')) ?? [];
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  if (octal === '' || octal === '0b' || octal === '0x') throw invalidNumber();
  return sign === '-' ? -BigInt(octal) : BigInt(octal);
}

function parseFloatText(text: string): number {
  const value = Number(text.replace(/[,_]/g, '').replace(/\.(?=[Ee]|$)/, '') || Number.NaN);
  if (Number.isNaN(value)) throw invalidNumber();
  return value;
}

/** `H:M` and `H:M:S`: the first part always counts hours. */
function sexagesimal(text: string): ResolvedScalar {
  let total = 0n;
  for (const [index, part] of text.split(':').entries()) {
    const digits = LEADING_INTEGER.exec(part)?.[0].replace(/[_+]/g, '') ?? '0';
    total += BigInt(digits) * BigInt(MINUTES_BASE) ** BigInt(Math.abs(index - 2));
  }
  return integerScalar(total);
}

function sexagesimalFloat(text: string): ResolvedScalar {
  let total = 0;
  for (const [index, part] of text.split(':').entries()) {
    const digits = LEADING_FLOAT.exec(part)?.[0].replace(/_/g, '') ?? '0';
    total += Number(digits) * MINUTES_BASE ** Math.abs(index - 2);
  }
  return floatScalar(total);
}

function resolveNumber(text: string): ResolvedScalar {
  if (text.length > MAX_DIGITS) return textScalar(text);
  if (SEXAGESIMAL.test(text)) return sexagesimal(text);
  if (SEXAGESIMAL_FLOAT.test(text)) return sexagesimalFloat(text);
  if (FLOAT.test(text)) return /^[-+]?\.$/.test(text) ? textScalar(text) : floatScalar(parseFloatText(text));
  if (INTEGER.test(text)) return integerScalar(parseInteger(text));
  return textScalar(text);
}

/**
 * The value of an unquoted scalar by Ruby Psych's rules, which are YAML 1.1 with its own deviations: `010` is 8,
 * `1,000` is 1000, `12:30` is 45000 (hours), `1e3` and `y` are text, `:a` is a symbol, a date is refused.
 * Throws ScalarRefusal.
 */
export function resolveScalar(text: string): ResolvedScalar {
  if (text === '') return NULL;
  if (WORDLIKE.test(text) || text.includes('\n')) return resolveWord(text);
  if (TIME.test(text)) throw refusedClass('Time');
  if (DATE.test(text)) throw refusedClass('Date');
  if (/^\+?\.inf$/i.test(text)) return floatScalar(Number.POSITIVE_INFINITY);
  if (/^-\.inf$/i.test(text)) return floatScalar(Number.NEGATIVE_INFINITY);
  if (/^\.nan$/i.test(text)) return floatScalar(Number.NaN);
  if (/^:./.test(text)) return resolveSymbol(text);
  return resolveNumber(text);
}

const RUBY_FLOAT = /^[-+]?(?:\d+(?:_\d+)*)?(?:\.\d+(?:_\d+)*)?(?:[eE][-+]?\d+(?:_\d+)*)?$/;

/** `!!float`: Ruby's `Float()` of what the scalar would be. */
export function resolveFloat(text: string): ResolvedScalar {
  const plain = resolveScalar(text);
  if (typeof plain.value === 'number') return floatScalar(plain.value);
  const trimmed = plain.text.trim();
  if (plain.type !== 'text' || !/^[-+]?[\d.]/.test(trimmed) || !RUBY_FLOAT.test(trimmed)) throw invalidNumber();
  return floatScalar(Number(trimmed.replace(/_/g, '')));
}
