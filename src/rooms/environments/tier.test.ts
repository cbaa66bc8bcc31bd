import { expect, it } from 'vitest';
import { tierOf } from './tier.ts';

it.each([
  ['dev', 'development'],
  ['review/main', 'development'],
  ['trunk', 'development'],
  ['test', 'testing'],
  ['integration-prod', 'testing'],
  ['acceptance', 'testing'],
  ['QA', 'testing'],
  ['stg', 'staging'],
  ['staging', 'staging'],
  ['pre-production', 'staging'],
  ['demo', 'staging'],
  ['Production', 'production'],
  ['prd', 'production'],
  ['live', 'production'],
  ['customer', 'other'],
] as const)('the tier of %s is %s', (name, tier) => {
  expect(tierOf(name, undefined)).toBe(tier);
});

it('is what the configuration says, where that is a tier', () => {
  expect(tierOf('production', 'testing')).toBe('testing');
  expect(tierOf('production', 'nonsense')).toBe('production');
});
