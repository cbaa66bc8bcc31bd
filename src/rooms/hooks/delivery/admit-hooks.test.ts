import { describe, expect, it } from 'vitest';
import type { HookId } from '../../../kit/ids.ts';
import { admitHooks, type DueHook } from './admit-hooks.ts';

let last = 0;
const hooks = (count: number, kind: DueHook['kind'], place: string, top = place): readonly DueHook[] =>
  Array.from({ length: count }, () => {
    last += 1;
    return { id: last as HookId, kind, place, top };
  });
const system = (count: number) => hooks(count, 'system', 'system');

describe('lanes', () => {
  it('are never all of one project, group or the system', () => {
    expect(admitHooks(hooks(100, 'project', 'a'), [])).toHaveLength(8);
    expect(admitHooks(system(100), [])).toHaveLength(16);
    const many = Array.from({ length: 10 }, (_, index) => hooks(10, 'project', `p${index}`, 'g')).flat();
    expect(admitHooks(many, [])).toHaveLength(16);
  });

  it('are kept for system hooks, however many groups wait', () => {
    const many = Array.from({ length: 50 }, (_, index) => hooks(1, 'group', `g${index}`)).flat();
    const one = system(1);
    const running = admitHooks(many, []);
    expect(running).toHaveLength(40);
    expect(admitHooks([...many.slice(40), ...one], running)).toEqual(one);
  });

  it('count what is running already, and leave those who wait in order', () => {
    const [mine, other] = [hooks(10, 'project', 'a', 'g'), hooks(2, 'project', 'b', 'g')];
    expect(admitHooks([...mine.slice(7), ...other], mine.slice(0, 7))).toEqual([...mine.slice(7, 8), ...other]);
  });
});
