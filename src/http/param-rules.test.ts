import { describe, expect, it } from 'vitest';
import { allOrNoneOf, atLeastOneOf, exactlyOneOf, mutuallyExclusive } from './param-rules.ts';
import type { ParamRule } from './param-spec.ts';
import type { RawParams } from './raw-params.ts';

const says = (rule: ParamRule, raw: RawParams): string =>
  rule
    .check(raw)
    .map(({ attribute, text }) => `${attribute} ${text}`)
    .join();

describe('rules between parameters', () => {
  it('mutually exclusive: names those that came, null too', () => {
    const rule = mutuallyExclusive('a', 'b', 'c');
    expect(says(rule, { a: '1' })).toBe('');
    expect(says(rule, { a: '1', c: '2' })).toBe('a, c are mutually exclusive');
    expect(says(rule, { a: null, b: '2' })).toBe('a, b are mutually exclusive');
  });

  it('at least one of', () => {
    const rule = atLeastOneOf('a', 'b');
    expect(says(rule, {})).toBe('a, b are missing, at least one parameter must be provided');
    expect(says(rule, { b: null })).toBe('');
  });

  it('exactly one of', () => {
    const rule = exactlyOneOf('a', 'b');
    expect(says(rule, {})).toBe('a, b are missing, exactly one parameter must be provided');
    expect(says(rule, { a: '1', b: '1' })).toBe('a, b are mutually exclusive');
    expect(says(rule, { a: '1' })).toBe('');
  });

  it('all or none of', () => {
    const rule = allOrNoneOf('a', 'b');
    expect(says(rule, { a: '1' })).toBe('a, b provide all or none of parameters');
    expect(says(rule, {})).toBe('');
    expect(says(rule, { a: '1', b: '1' })).toBe('');
  });
});
