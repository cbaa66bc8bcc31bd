import { describe, expect, it } from 'vitest';
import { isBranchFilter, passesBranchFilter } from './branch-filter.ts';
import type { BranchFilterStrategy } from './hook.ts';

const filter = (branchFilterStrategy: BranchFilterStrategy, pushEventsBranchFilter: string | null) => ({
  branchFilterStrategy,
  pushEventsBranchFilter,
});

describe('a branch filter', () => {
  it.each([
    ['wildcard', null, 'main', true],
    ['wildcard', '', 'main', true],
    ['wildcard', ' ', 'main', true],
    ['wildcard', 'main', 'main', true],
    ['wildcard', 'main', 'main2', false],
    ['wildcard', 'main', 'a/main', false],
    ['wildcard', 'feature/*', 'feature/a/b', true],
    ['wildcard', '*-stable', 'v1-stable', true],
    ['wildcard', 'ma.n', 'main', false],
    ['regex', null, 'main', true],
    ['regex', 'ai', 'main', true],
    ['regex', '^(feature|fix)/', 'fix/a', true],
    ['regex', '^(feature|fix)/', 'a/fix/', false],
    ['regex', 'MAIN', 'main', false],
    ['regex', '.{0,1000}'.repeat(440), 'main', false],
    ['all_branches', 'main', 'other', true],
    ['all_branches', '(', 'other', true],
  ] as const)('%s %j and %j: %j', (strategy, text, branch, expected) => {
    expect(passesBranchFilter(filter(strategy, text), branch)).toBe(expected);
  });

  it.each([
    ['wildcard', 'main', true],
    ['wildcard', '*', true],
    ['wildcard', 'feature/*', true],
    ['wildcard', 'a b', false],
    ['wildcard', 'a..b', false],
    ['wildcard', '/*', false],
    ['wildcard', 'a~1', false],
    ['wildcard', 'a'.repeat(4001), false],
    ['regex', '^v\\d+$', true],
    ['regex', '(', false],
    ['regex', '(?=look)ahead', false],
    ['regex', 'a'.repeat(4001), false],
    ['regex', '^.{1,255}$', true],
    ['regex', '^\\p{Lu}{1,100}[\\pL\\pN]*$', true],
    ['regex', '.{0,1000}'.repeat(440), false],
    ['regex', '(?:(?:a{1,20}){1,20}){1,20}', false],
    ['regex', '\\pL'.repeat(1300), false],
    ['regex', `[${'\\pL'.repeat(1300)}]`, false],
    ['all_branches', '(', true],
  ] as const)('%s %j may be kept: %j', (strategy, text, expected) => {
    expect(isBranchFilter(filter(strategy, text))).toBe(expected);
  });
});
