import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha1Of } from './sha1.ts';

describe('SHA-1', () => {
  it('is that of the standard', () => {
    expect(sha1Of('')).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709');
    expect(sha1Of('abc')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
  });

  it('agrees with another one for every length around the ends of blocks', () => {
    const text = 'The quick brown fox-0123456789abcdef'.repeat(8);
    for (let length = 0; length <= text.length; length++) {
      const part = text.slice(0, length);
      expect(sha1Of(part)).toBe(createHash('sha1').update(part).digest('hex'));
    }
  });
});
