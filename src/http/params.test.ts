import { describe, expect, expectTypeOf, it } from 'vitest';
import { invalidParams } from './errors.ts';
import { arrayOfHashes, hashOf, readParams } from './nested-params.ts';
import type { ParamSpecs } from './param-spec.ts';
import {
  anything,
  arrayOf,
  boolean,
  commaList,
  date,
  enumeration,
  file,
  float,
  hash,
  integer,
  isoDateTime,
  string,
  stringHash,
  stringOrArray,
} from './params.ts';
import type { RawParams, RawValue } from './raw-params.ts';
import { uploadedFile } from './raw-params.ts';

/** The values, or the sentence that the client gets. */
function read(specs: ParamSpecs, raw: RawParams): unknown {
  const reading = readParams(specs, raw);
  if (reading.ok) return { ...reading.value };
  const { body } = invalidParams(reading.problems).reply;
  return body.kind === 'json' ? body.value : undefined;
}

const value = (specs: ParamSpecs, x: RawValue): unknown => read(specs, { x });
const error = (sentence: string): unknown => ({ error: sentence });

describe('presence', () => {
  const trigger = {
    ref: string({ required: true, allowBlank: false }),
    token: string({ required: true }),
    variables: hash(),
  };

  it('says all that is wrong, one attribute after the other', () => {
    expect(read(trigger, {})).toEqual(error('ref is missing, ref is empty, token is missing'));
    expect(read(trigger, { ref: '' })).toEqual(error('ref is empty, token is missing'));
    expect(read(trigger, { ref: ' ', token: '' })).toEqual(error('ref is empty'));
    expect(read(trigger, { ref: ['1'], token: {}, variables: [] })).toEqual(
      error('ref is invalid, token is invalid, variables is invalid'),
    );
    expect(read(trigger, { ref: 'main', token: 't', variables: 'x' })).toEqual(error('variables is invalid'));
  });

  it('lets an empty text through where blank is allowed', () => {
    expect(read(trigger, { ref: 'main', token: '' })).toEqual({ ref: 'main', token: '', variables: undefined });
  });

  it('says of a missing one of several values also that its value is wrong', () => {
    expect(
      read({ e: enumeration(['x'], { required: true }), i: integer({ required: true, range: { min: 1 } }) }, {}),
    ).toEqual(error('e is missing, e does not have a valid value, i is missing, i does not have a valid value'));
  });

  it('gives an optional one that is absent as undefined, or its default', () => {
    expect(read({ a: integer(), b: integer({ default: 7 }), c: string({ default: 'z' }) }, {})).toEqual({
      a: undefined,
      b: 7,
      c: 'z',
    });
  });

  it('ignores what is not declared', () => {
    expect(read({ a: string() }, { a: '1', b: '2' })).toEqual({ a: '1' });
  });

  it('looks at own keys only', () => {
    expect(read({ constructor: string(), toString: string({ required: true }) }, {})).toEqual(
      error('toString is missing'),
    );
  });
});

describe('null', () => {
  it('counts as absent, unless the handler asks for it', () => {
    expect(value({ x: string() }, null)).toEqual({ x: undefined });
    expect(value({ x: string({ nullable: true }) }, null)).toEqual({ x: null });
    expect(value({ x: string({ default: 'd' }) }, null)).toEqual({ x: 'd' });
    expect(value({ x: integer({ nullable: true }) }, '')).toEqual({ x: null });
    expect(value({ x: arrayOf(string()) }, null)).toEqual({ x: [] });
    expect(value({ x: arrayOf(string()) }, '')).toEqual({ x: [] });
  });

  it('is an empty text for a required string, and invalid where nothing can stand in for it', () => {
    expect(value({ x: string({ required: true }) }, null)).toEqual({ x: '' });
    expect(value({ x: integer({ required: true }) }, null)).toEqual(error('x is invalid'));
    expect(value({ x: boolean({ required: true, allowBlank: false }) }, null)).toEqual(error('x is empty'));
    expect(value({ x: enumeration(['a'], { required: true }) }, null)).toEqual(error('x does not have a valid value'));
  });
});

/** Values and sentences as Grape gives them; checked against the real one. */
describe('coercion', () => {
  const invalid = error('x is invalid');

  it.each<[RawValue, unknown]>([
    ['5', 5],
    [' 5 ', 5],
    ['+5', 5],
    ['-5', -5],
    ['010', 10],
    ['1_000', 1000],
    [5.5, 5],
    ['', undefined],
    [JSON.rawJSON('5.0'), 5],
  ])('integer %j → %j', (raw, expected) => {
    expect(value({ x: integer() }, raw)).toEqual({ x: expected });
  });

  it.each<RawValue>(['abc', '5.0', '0x1A', '5 6', '٥', true, [], {}, '9007199254740993', JSON.rawJSON('1e400')])(
    'integer %j is invalid',
    (raw) => {
      expect(value({ x: integer() }, raw)).toEqual(invalid);
    },
  );

  it('integer within its bounds', () => {
    const specs = { x: integer({ range: { min: 1, max: 5 }, except: [3] }) };
    expect(value(specs, '5')).toEqual({ x: 5 });
    expect(value(specs, 0)).toEqual(error('x does not have a valid value'));
    expect(value(specs, 'abc')).toEqual(error('x is invalid, x does not have a valid value'));
    expect(value(specs, '3')).toEqual(error('x has a value not allowed'));
  });

  it('boolean in its spellings', () => {
    const words = ['1', 'on', 'On', 'ON', 't', 'T', 'true', 'True', 'TRUE', 'y', 'Y', 'yes', 'Yes', 'YES'];
    for (const word of [...words, 1, true]) expect(value({ x: boolean() }, word)).toEqual({ x: true });
    for (const word of ['0', 'off', 'f', 'False', 'n', 'NO', 0, false]) {
      expect(value({ x: boolean() }, word)).toEqual({ x: false });
    }
    for (const word of ['tRue', 'nope', 2, ' true', [], {}]) expect(value({ x: boolean() }, word)).toEqual(invalid);
    expect(value({ x: boolean() }, '')).toEqual({ x: undefined });
    expect(value({ x: boolean({ allowBlank: false }) }, '  ')).toEqual(error('x is invalid, x is empty'));
    expect(value({ x: boolean({ required: true, allowBlank: false }) }, false)).toEqual({ x: false });
  });

  it('string from JSON scalars', () => {
    for (const [raw, text] of [
      [5, '5'],
      [5.5, '5.5'],
      [true, 'true'],
      [false, 'false'],
      ['', ''],
    ] as const) {
      expect(value({ x: string() }, raw)).toEqual({ x: text });
    }
    expect(value({ x: string() }, JSON.rawJSON('12345678901234567890'))).toEqual({ x: '12345678901234567890' });
    for (const raw of [[], ['a'], {}]) expect(value({ x: string() }, raw)).toEqual(invalid);
    expect(value({ x: string() }, uploadedFile('f', 'text/plain', Buffer.from('x')))).toEqual(invalid);
  });

  it('float', () => {
    for (const [raw, number] of [
      ['1', 1],
      ['1.5', 1.5],
      ['1e3', 1000],
      ['.5', 0.5],
      [1, 1],
    ] as const) {
      expect(value({ x: float() }, raw)).toEqual({ x: number });
    }
    for (const raw of ['5.', 'abc', true, '1e999', 'Infinity', 'NaN'])
      expect(value({ x: float() }, raw)).toEqual(invalid);
  });

  it('date and time in ISO 8601', () => {
    const at = (raw: RawValue): unknown => value({ x: isoDateTime() }, raw);
    expect(at('2020-01-02T03:04:05Z')).toEqual({ x: new Date('2020-01-02T03:04:05Z') });
    expect(at('2020-01-02T03:04:05.678+09:00')).toEqual({ x: new Date('2020-01-01T18:04:05.678Z') });
    expect(at('2020-01-02 03:04:05 +0900')).toEqual({ x: new Date('2020-01-01T18:04:05Z') });
    expect(at('2020-01-02 03:04:05 UTC')).toEqual({ x: new Date('2020-01-02T03:04:05Z') });
    expect(at('2020-01-02T03:04')).toEqual({ x: new Date('2020-01-02T03:04:00Z') });
    expect(at('2020-01-02')).toEqual({ x: new Date('2020-01-02T00:00:00Z') });
    for (const raw of ['abc', '01/01/2050', '2308', '2020-13-01', '2020-02-30', '2020-01-02T25:00:00Z', 20200101, {}]) {
      expect(at(raw)).toEqual(invalid);
    }
  });

  it('calendar day', () => {
    expect(value({ x: date() }, '2024-02-29')).toEqual({ x: '2024-02-29' });
    expect(value({ x: date() }, '2024-02-29T10:00:00Z')).toEqual({ x: '2024-02-29' });
    for (const raw of ['2023-02-29', 'abc', '2024', 20240229]) expect(value({ x: date() }, raw)).toEqual(invalid);
  });

  it('one of several texts', () => {
    const specs = { x: enumeration(['a', 'b', '5']) };
    expect(value(specs, 'b')).toEqual({ x: 'b' });
    expect(value(specs, 5)).toEqual({ x: '5' });
    for (const raw of ['z', '', 'A']) expect(value(specs, raw)).toEqual(error('x does not have a valid value'));
    expect(value(specs, null)).toEqual({ x: undefined });
  });

  it('lists', () => {
    expect(value({ x: arrayOf(string()) }, ['a', 5])).toEqual({ x: ['a', '5'] });
    expect(value({ x: arrayOf(integer()) }, ['1', 2])).toEqual({ x: [1, 2] });
    expect(value({ x: arrayOf(string()) }, { '0': 'a', '1': 'b' })).toEqual({ x: ['a', 'b'] });
    for (const raw of ['a', {}, { a: 'b' }, [null], [['a']], [{}], true, 5]) {
      expect(value({ x: arrayOf(string()) }, raw)).toEqual(invalid);
    }
    expect(value({ x: arrayOf(integer()) }, ['1', 'x'])).toEqual(invalid);
    expect(value({ x: arrayOf(enumeration(['a', 'b'])) }, ['a', 'q'])).toEqual(error('x does not have a valid value'));
  });

  it('one or several of several texts', () => {
    const specs = { x: stringOrArray(['running', 'pending']) };
    expect(value(specs, 'running')).toEqual({ x: ['running'] });
    expect(value(specs, ['running', 'pending'])).toEqual({ x: ['running', 'pending'] });
    expect(value(specs, { '0': 'pending' })).toEqual({ x: ['pending'] });
    for (const raw of ['nope', ['running', 'nope'], [null], 5, { a: 'b' }]) {
      expect(value(specs, raw)).toEqual(error('x does not have a valid value'));
    }
  });

  it('comma lists', () => {
    expect(value({ x: commaList() }, 'a, b,,c ')).toEqual({ x: ['a', 'b', 'c'] });
    expect(value({ x: commaList() }, ['a', 'b,c', 5])).toEqual({ x: ['a', 'b', 'c', '5'] });
    expect(value({ x: commaList() }, { a: 'b' })).toEqual(invalid);
  });

  it('hashes', () => {
    expect(value({ x: hash() }, { a: [1] })).toEqual({ x: { a: [1] } });
    for (const raw of ['', 'x', '{}', [], 5]) expect(value({ x: hash() }, raw)).toEqual(invalid);
    expect(value({ x: stringHash() }, { a: 'b', n: 5, t: true, nil: null })).toEqual({
      x: { a: 'b', n: '5', t: 'true', nil: '' },
    });
    for (const raw of [{ a: [] }, { a: {} }, 'x', []]) expect(value({ x: stringHash() }, raw)).toEqual(invalid);
  });

  it('hashes keep dangerous keys as keys', () => {
    const raw: RawValue = JSON.parse('{"__proto__":"x","constructor":"y"}');
    const reading = readParams({ x: stringHash({ required: true }) }, { x: raw });
    const found = reading.ok ? reading.value.x : {};
    expect(Object.entries(found)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.getPrototypeOf(found)).toBeNull();
  });

  it('files are files, whatever JSON pretends', () => {
    const upload = uploadedFile('a.txt', 'text/plain', Buffer.from('x'));
    expect(value({ x: file() }, upload)).toEqual({ x: upload });
    expect(value({ x: file() }, { kind: 'uploaded-file', filename: 'a', contentType: 'b', bytes: {} })).toEqual(
      invalid,
    );
    expect(value({ x: file() }, 'text')).toEqual(invalid);
    expect(value({ x: hash() }, upload)).toEqual(invalid);
  });

  it('anything', () => {
    expect(value({ x: anything() }, [{ a: 1 }])).toEqual({ x: [{ a: 1 }] });
  });
});

describe('nested parameters', () => {
  const variables = {
    variables: arrayOfHashes({
      key: string({ required: true }),
      value: string({ required: true }),
      variable_type: enumeration(['env_var', 'file'], { default: 'env_var' }),
    }),
  };

  it('name their place', () => {
    expect(
      read(variables, {
        variables: [
          { key: 'a', value: 'b' },
          { value: ['x'], variable_type: 'no' },
        ],
      }),
    ).toEqual(
      error(
        'variables[1][key] is missing, variables[1][value] is invalid, variables[1][variable_type] does not have a valid value',
      ),
    );
    expect(read(variables, { variables: [{}] })).toEqual(
      error('variables[0][key] is missing, variables[0][value] is missing'),
    );
  });

  it('come as a list, or as the hash of an indexed form', () => {
    const expected = { variables: [{ key: 'a', value: 'b', variable_type: 'env_var' }] };
    expect(read(variables, { variables: [{ key: 'a', value: 'b', extra: '1' }] })).toEqual(expected);
    expect(read(variables, { variables: { '0': { key: 'a', value: 'b' } } })).toEqual(expected);
    expect(read(variables, { variables: [] })).toEqual({ variables: [] });
    for (const raw of ['x', {}, { key: 'a' }, ['x'], 5]) {
      expect(read(variables, { variables: raw })).toEqual(error('variables is invalid'));
    }
  });

  it('work in a hash too', () => {
    const specs = { filter: hashOf({ environment_scope: string({ required: true }) }) };
    expect(read(specs, { filter: { environment_scope: '*' } })).toEqual({ filter: { environment_scope: '*' } });
    expect(read(specs, { filter: {} })).toEqual(error('filter[environment_scope] is missing'));
    expect(read(specs, { filter: 'x' })).toEqual(error('filter is invalid'));
  });
});

describe('types', () => {
  it('follow the declaration', () => {
    const reading = readParams(
      {
        a: string({ required: true }),
        b: integer(),
        c: integer({ default: 1 }),
        d: string({ nullable: true }),
        e: enumeration(['x', 'y'], { default: 'x' }),
        f: arrayOf(integer(), { required: true }),
        g: arrayOfHashes({ key: string({ required: true }), n: integer() }),
      },
      { a: '1', f: [] },
    );
    if (!reading.ok) throw new Error('refused');
    expectTypeOf(reading.value).toEqualTypeOf<{
      readonly a: string;
      readonly b: number | undefined;
      readonly c: number;
      readonly d: string | null | undefined;
      readonly e: 'x' | 'y';
      readonly f: readonly number[];
      readonly g: readonly { readonly key: string; readonly n: number | undefined }[] | undefined;
    }>();
    expect(reading.value.c).toBe(1);
  });
});
