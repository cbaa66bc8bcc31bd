import { describe, expect, it } from 'vitest';
import { weighedSlices } from './weighed-slices.ts';

const most = { size: 3, weight: 10 };

describe('pieces of a list', () => {
  it.each<readonly [readonly number[], readonly (readonly number[])[]]>([
    [[], []],
    [
      [1, 1, 1, 1],
      [[1, 1, 1], [1]],
    ],
    [
      [6, 5, 5, 5],
      [[6], [5, 5], [5]],
    ],
    [
      [1, 99, 1],
      [[1], [99], [1]],
    ],
  ])('%j: %j', (all, expected) => {
    expect(weighedSlices(all, most, (weight) => weight)).toEqual(expected);
  });
});
