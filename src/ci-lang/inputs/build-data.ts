import {
  buildEntry,
  buildMap,
  buildSeq,
  buildText,
  floatText,
  type SourcePosition,
  type YamlNode,
} from '../yaml/index.ts';

/** Levels of lists and maps; Ruby reads no JSON beyond them. */
const MOST_LEVELS = 100;

export class TooDeepError extends Error {}

/** A node of data that came as JSON, all of it at one position. Throws TooDeepError beyond 100 levels. */
export const buildData = (data: unknown, position: SourcePosition, level = 0): YamlNode => {
  if (level > MOST_LEVELS) throw new TooDeepError('too many levels');
  if (typeof data === 'string') return buildText(position, data);
  if (typeof data === 'number') return buildNumber(data, position);
  if (typeof data === 'boolean') return { kind: 'scalar', position, type: 'boolean', value: data, text: String(data) };
  if (Array.isArray(data)) {
    const items = data.map((item: unknown) => buildData(item, position, level + 1));
    return buildSeq(position, items);
  }
  if (typeof data === 'object' && data !== null) {
    const entries = Object.entries(data).map(([key, value]: readonly [string, unknown]) =>
      buildEntry(buildText(position, key), buildData(value, position, level + 1)),
    );
    return buildMap(position, entries);
  }
  return { kind: 'scalar', position, type: 'null', value: null, text: '' };
};

const buildNumber = (value: number, position: SourcePosition): YamlNode =>
  Number.isInteger(value)
    ? { kind: 'scalar', position, type: 'integer', value, text: BigInt(value).toString() }
    : { kind: 'scalar', position, type: 'float', value, text: floatText(value) };
