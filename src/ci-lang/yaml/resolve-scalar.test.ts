import { describe, expect, it } from 'vitest';
import { resolveFloat, resolveScalar } from './resolve-scalar.ts';

const shown = (source: string): string => {
  const { type, text } = resolveScalar(source);
  return `${type} ${text}`;
};

const TEXTS =
  'y n Y N yess nope truex nullx v1 1.2.3 3.14.15 a:b << = 08 0o10 1, 1__0 _1 1e3 1E5 1.0e3 1:60 1..0 . -. - --';

describe('resolveScalar', () => {
  it.each(['yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE', 'tRue'])('reads %s as true', (source) => {
    expect(resolveScalar(source).value).toBe(true);
  });

  it.each(['no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'])('reads %s as false', (source) => {
    expect(resolveScalar(source).value).toBe(false);
  });

  it.each(['null', 'Null', 'NULL', '~', ''])('reads "%s" as null', (source) => {
    expect(resolveScalar(source)).toEqual({ type: 'null', value: null, text: '' });
  });

  it.each(TEXTS.split(' '))('keeps %s as text', (source) => {
    expect(resolveScalar(source)).toEqual({ type: 'text', value: source, text: source });
  });

  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['+12', '12'],
    ['010', '8'],
    ['007', '7'],
    ['0_7', '7'],
    ['-010', '-8'],
    ['0x1F', '31'],
    ['+0x1', '1'],
    ['-0xff', '-255'],
    ['0b11', '3'],
    ['1_000', '1000'],
    ['1,000', '1000'],
    ['9,9', '99'],
    ['0,', '0'],
    ['12:30', '45000'],
    ['1:2', '3720'],
    ['23:59', '86340'],
    ['00:30', '1800'],
    ['12:30:45', '45045'],
    ['190:20:30', '685230'],
    ['-1:30', '-1800'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
  ])('reads %s as the integer %s', (source, text) => {
    expect(shown(source)).toBe(`integer ${text}`);
  });

  it.each([
    ['1.', '1.0'],
    ['.5', '0.5'],
    ['-.5', '-0.5'],
    ['1_0.5', '10.5'],
    ['1,5.5', '15.5'],
    ['0.10', '0.1'],
    ['1.10', '1.1'],
    ['1.5e+3', '1500.0'],
    ['1.0e+20', '1.0e+20'],
    ['1.e-5', '1.0e-05'],
    ['.inf', 'Infinity'],
    ['-.INF', '-Infinity'],
    ['.nan', 'NaN'],
    ['190:20:30.15', '685230.15'],
  ])('reads %s as the float %s', (source, text) => {
    expect(shown(source)).toBe(`float ${text}`);
  });

  it.each([
    [':sym', 'sym'],
    [':"a b"', 'a b'],
    [":'a'", 'a'],
    ['::a', ':a'],
  ])('reads %s as a symbol that acts as %s', (source, text) => {
    expect(shown(source)).toBe(`symbol ${text}`);
  });

  it.each([
    ['2001-12-14', 'Date'],
    ['2001-1-1', 'Date'],
    ['2001-12-14T21:59:43Z', 'Time'],
    ['2001-12-14 21:59:43 +01:00', 'Time'],
  ])('refuses %s as Psych does', (source, name) => {
    expect(() => resolveScalar(source)).toThrow(`Tried to load unspecified class: ${name}`);
  });

  it.each(['2001-13-45', '2001-12', '20011214'])('does not take %s for a date', (source) => {
    expect(() => resolveScalar(source)).not.toThrow();
  });

  it.each(['0b_', '0x_', '.e+3'])('gives GitLab’s message for %s, which Ruby cannot convert', (source) => {
    expect(() => resolveScalar(source)).toThrow('Invalid YAML syntax');
  });

  it('leaves absurdly long numbers text instead of converting them', () => {
    const digits = '1'.repeat(100_000);
    expect(resolveScalar(digits).type).toBe('text');
  });
});

describe('resolveFloat', () => {
  it.each([
    ['3', '3.0'],
    ['1e3', '1000.0'],
    ['010', '8.0'],
  ])('reads !!float %s as %s', (source, text) => {
    expect(resolveFloat(source).text).toBe(text);
  });

  it.each(['abc', '', 'yes', ':a'])('refuses !!float "%s"', (source) => {
    expect(() => resolveFloat(source)).toThrow('Invalid YAML syntax');
  });
});
