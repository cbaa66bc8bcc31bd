import { badRequestText } from './bad-request-text.ts';
import { bareObject } from './bare-object.ts';
import { errorReply, Halt } from './errors.ts';
import type { JsonLimits } from './json-structure.ts';
import { JSON_LIMITS, surveyJson } from './json-structure.ts';
import type { RawParams, RawValue } from './raw-params.ts';
import { isExactNumber, isRawParams } from './raw-params.ts';

/** Thrown for a body that is not JSON, so that a route may answer it in its own words. */
export class MalformedJson extends Halt {
  constructor() {
    super(errorReply(400, 'Invalid JSON format'));
    this.name = 'MalformedJson';
  }
}

/**
 * Parses a JSON body into plain data without prototypes. The limits are checked on the bytes, before anything is allocated.
 * Throws 400 with `error`: `Invalid JSON format`, `Parameters nested too deeply`, `Array parameter too large`,
 * `Hash parameter too large`, `Too many total parameters`; plain `Bad Request` for texts with NUL or half a surrogate pair,
 * which no later layer could store. Numbers that JavaScript would change keep their digits (see `ExactNumber`).
 */
export function parseJsonBody(bytes: Uint8Array, limits: JsonLimits = JSON_LIMITS): RawValue {
  const structure = surveyJson(bytes, limits);
  if (structure.kind === 'excess') throw new Halt(errorReply(400, structure.excess));
  return plain(parse(bytes, structure.longNumbers));
}

/** The parameters of a JSON body: a body that is not an object has none. */
export const jsonParams = (body: RawValue): RawParams => (isRawParams(body) ? body : bareObject<RawValue>());

const decoder = new TextDecoder('utf-8', { fatal: true });

function parse(bytes: Uint8Array, longNumbers: boolean): unknown {
  try {
    const text = decoder.decode(bytes);
    return longNumbers ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    throw new MalformedJson();
  }
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  return typeof value === 'number' && source !== undefined && String(value) !== source ? JSON.rawJSON(source) : value;
}

function plain(value: unknown): RawValue {
  if (typeof value === 'string') return storable(value);
  if (typeof value === 'number' || typeof value === 'boolean' || isExactNumber(value)) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return null;
  const hash = bareObject<RawValue>();
  for (const key of Object.keys(value)) hash[storable(key)] = plain(value[key]);
  return hash;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function storable(text: string): string {
  if (text.includes('\0') || !text.isWellFormed()) throw badRequestText();
  return text;
}
