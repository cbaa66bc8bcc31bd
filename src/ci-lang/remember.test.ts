import { describe, expect, it } from 'vitest';
import { remembering } from './remember.ts';

describe('remembering', () => {
  it('works out an answer once while it is known', () => {
    const asked: string[] = [];
    const length = remembering((text) => {
      asked.push(text);
      return text.length;
    });
    expect([length('aa'), length('aa'), length('b')]).toEqual([2, 2, 1]);
    expect(asked).toEqual(['aa', 'b']);
  });

  it('remembers that there is no answer', () => {
    let asked = 0;
    const never = remembering(() => {
      asked += 1;
      return undefined;
    });
    expect([never('a'), never('a')]).toEqual([undefined, undefined]);
    expect(asked).toBe(1);
  });

  it('forgets the oldest, and never keeps long texts', () => {
    const asked = new Map<string, number>();
    const note = remembering((text) => asked.set(text, (asked.get(text) ?? 0) + 1).size);
    note('first');
    for (let index = 0; index < 1000; index += 1) note(`text ${index}`);
    note('first');
    const long = 'x'.repeat(501);
    note(long);
    note(long);
    expect([asked.get('first'), asked.get('text 999'), asked.get(long)]).toEqual([2, 1, 2]);
  });
});
