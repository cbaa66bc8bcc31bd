import { describe, expect, it } from 'vitest';
import { Halt } from './errors.ts';
import { jsonParams, parseJsonBody } from './json-body.ts';
import { JSON_LIMITS } from './json-structure.ts';
import { isExactNumber } from './raw-params.ts';

const parse = (text: string) => parseJsonBody(Buffer.from(text));

const refusal = (text: string | Uint8Array): unknown => {
  try {
    parseJsonBody(typeof text === 'string' ? Buffer.from(text) : text);
  } catch (thrown) {
    if (thrown instanceof Halt && thrown.reply.status === 400) {
      return thrown.reply.body.kind === 'json' ? thrown.reply.body.value : thrown.reply.body;
    }
    throw thrown;
  }
  return 'accepted';
};

const list = (count: number): string => `[${Array.from({ length: count }, () => '0').join(',')}]`;
const hash = (count: number): string =>
  `{${Array.from({ length: count }, (_, index) => `"k${String(index)}":0`).join(',')}}`;

describe('JSON bodies', () => {
  it.each(['{bad', '{"a":1', '', '{"a":1}}', "{'a':1}", '[1,]', 'NaN'])('refuse %j as malformed', (text) => {
    expect(refusal(text)).toEqual({ error: 'Invalid JSON format' });
  });

  it('refuse bytes that are not UTF-8', () => {
    expect(refusal(Buffer.from([0x22, 0xff, 0x22]))).toEqual({ error: 'Invalid JSON format' });
  });

  it('nest 32 deep and no deeper', () => {
    expect(refusal(`${'['.repeat(32)}${']'.repeat(32)}`)).toBe('accepted');
    expect(refusal(`${'['.repeat(33)}${']'.repeat(33)}`)).toEqual({ error: 'Parameters nested too deeply' });
    expect(refusal('{"a":'.repeat(10_000))).toEqual({ error: 'Parameters nested too deeply' });
  });

  it('hold 50,000 elements in a list', () => {
    expect(refusal(list(50_000))).toBe('accepted');
    expect(refusal(list(50_001))).toEqual({ error: 'Array parameter too large' });
  });

  it('hold 50,000 keys in a hash', () => {
    expect(refusal(hash(50_000))).toBe('accepted');
    expect(refusal(hash(50_001))).toEqual({ error: 'Hash parameter too large' });
  });

  it('hold 100,000 elements together', () => {
    expect(refusal(`[${list(49_999)},${list(49_999)}]`)).toBe('accepted');
    expect(refusal(`[${list(49_999)},${list(50_000)}]`)).toEqual({ error: 'Too many total parameters' });
  });

  it('do not count brackets and commas inside texts', () => {
    const limits = { ...JSON_LIMITS, depth: 1, objectKeys: 1 };
    expect(parseJsonBody(Buffer.from('{"a":"[[[{{,,,\\",[\\\\"}'), limits)).toEqual({ a: '[[[{{,,,",[\\' });
  });

  it('become objects without a prototype, whatever the keys', () => {
    const body = parse('{"__proto__":{"polluted":1},"a":{"constructor":{"prototype":{"polluted":1}}}}');
    expect(Object.getPrototypeOf(body)).toBeNull();
    expect(Object.keys(jsonParams(body))).toEqual(['__proto__', 'a']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(JSON.stringify(body)).toBe('{"__proto__":{"polluted":1},"a":{"constructor":{"prototype":{"polluted":1}}}}');
  });

  it.each(['[1]', '"x"', '5', 'null', '12345678901234567890'])('that are no hash (%s) have no parameters', (text) => {
    expect(Object.keys(jsonParams(parse(text)))).toEqual([]);
  });

  it('keep the digits of numbers that JavaScript would change', () => {
    const text = '{"id":12345678901234567890,"price":1.10,"small":-0,"exp":1E3,"plain":[1,-2,0.5,9007199254740991]}';
    const body = parse(text);
    expect(JSON.stringify(body)).toBe(text);
    expect(isExactNumber(jsonParams(body)['id'])).toBe(true);
    expect(jsonParams(parse('{"n":1.5}'))['n']).toBe(1.5);
  });

  it('refuse what no database could store', () => {
    const plain = { kind: 'text', text: 'Bad Request' };
    expect(refusal('{"a":"x\\u0000y"}')).toEqual(plain);
    expect(refusal('{"a\\u0000":1}')).toEqual(plain);
    expect(refusal('["\\ud800"]')).toEqual(plain);
    expect(refusal('["\\ud83d\\ude00"]')).toBe('accepted');
  });
});
