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

  it('forgets the oldest, of long texts sooner', () => {
    const asked = new Map<string, number>();
    const note = remembering((text) => asked.set(text, (asked.get(text) ?? 0) + 1).size);
    note('first');
    const long = (index: number): string => `${index}`.repeat(600);
    for (let index = 0; index < 9; index += 1) note(long(index));
    for (let index = 0; index < 1000; index += 1) note(`text ${index}`);
    for (const text of ['first', 'text 999', long(0), long(8)]) note(text);
    expect(['first', 'text 999', long(0), long(8)].map((text) => asked.get(text))).toEqual([2, 1, 2, 1]);
  });
});
