import { expect, it } from 'vitest';
import { slugOf } from './slug.ts';

it.each([
  ['main', 'main'],
  ['Feature/ABC_1.0', 'feature-abc-1-0'],
  ['--x--', 'x'],
  ['배포', ''],
  ['a배포b', 'a--b'],
  ['🚀x', 'x'],
  [`${'a'.repeat(62)}--tail`, 'a'.repeat(62)],
  ['a'.repeat(100), 'a'.repeat(63)],
])('the slug of %s is %s', (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});
