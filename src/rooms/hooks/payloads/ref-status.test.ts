import { describe, expect, it } from 'vitest';
import { refStatusName } from './ref-status.ts';

describe('ref_status_name', () => {
  it.each([
    ['success', [], 'success'],
    ['success', ['success'], 'success'],
    ['success', ['failed'], 'fixed'],
    ['failed', [], 'failed'],
    ['failed', ['success'], 'broken'],
    ['failed', ['failed', 'success'], 'still_failing'],
    ['running', [], 'unknown'],
    ['running', ['success', 'failed'], 'fixed'],
    ['running', ['failed'], 'failed'],
    ['canceled', ['failed', 'success'], 'broken'],
  ] as const)('%s after %j is %s', (status, before, name) => {
    expect(refStatusName(status, before)).toBe(name);
  });
});
