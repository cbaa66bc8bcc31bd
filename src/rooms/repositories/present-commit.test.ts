import { describe, expect, it } from 'vitest';
import { titleOf } from './present-commit.ts';

describe('the title of a commit', () => {
  it.each([
    ['Short', 'Short'],
    ['', 'No commit message'],
    ['First\nsecond', 'First'],
    ['x'.repeat(99), 'x'.repeat(99)],
    ['x'.repeat(100), `${'x'.repeat(80)}…`],
    [`${'x'.repeat(70)} ${'y'.repeat(40)}`, `${'x'.repeat(70)}…`],
    // A sign that takes more room is one character, and never cut in half.
    ['😀'.repeat(99), '😀'.repeat(99)],
    [`x${'😀'.repeat(99)}`, `x${'😀'.repeat(79)}…`],
  ])('of %j: %j', (message, title) => {
    expect(titleOf(message)).toBe(title);
  });
});
