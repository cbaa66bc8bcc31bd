import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DOCUMENTED_EVENTS } from '../../../../test/support/documented-events.ts';

const rows = readFileSync('docs/hooks.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|'));

describe('the table of events', () => {
  it.each(Object.keys(DOCUMENTED_EVENTS))('%s has a test that causes it', (name) => {
    const row = rows.find(([, events = '']) => events.includes(`\`${name}\``));
    const path = /`(src[^`]+\.test\.ts)`/.exec(row?.[3] ?? '')?.[1] ?? '';
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`\\b${name}\\b`));
  });
});
