import { expect, it } from 'vitest';
import { slicesOf } from './slices-of.ts';

it('cuts a list into pieces, in order, without an empty one', () => {
  expect(slicesOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(slicesOf([1, 2], 2)).toEqual([[1, 2]]);
  expect(slicesOf([], 2)).toEqual([]);
});
