import { describe, expect, it } from 'vitest';
import type { HookId } from '../../kit/ids.ts';
import type { Hook } from './hook.ts';
import { changedSettings, type HookWish, newSettings } from './hook-wish.ts';
import { isSigningToken, newSigningToken } from './signing-token.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const DAY_LATER = new Date('2026-03-02T12:00:00Z');

const hookOf = (wish: Partial<HookWish> = {}): Hook => ({
  ...newSettings('project', { url: 'https://a.example/{path}', urlVariables: { path: 'x' }, switches: {}, ...wish }),
  id: 1 as HookId,
  place: { kind: 'system' },
  creatorId: null,
  consecutiveFailures: 0,
  failingSince: null,
  pausedUntil: null,
  disabledAt: null,
  disabledReason: null,
  integration: null,
  oldSigningToken: null,
  createdAt: NOW,
  updatedAt: NOW,
});

const change = (hook: Hook, wish: Partial<HookWish>) => changedSettings(hook, { switches: {}, ...wish }, NOW);

describe('a new hook', () => {
  it('has the switches of its kind, and those that are asked for', () => {
    expect(newSettings('system', { url: 'u', switches: {} }).switches).toEqual(['repository_update_events']);
    expect(newSettings('project', { url: 'u', switches: {} }).switches).toEqual(['push_events']);
    const wish = { url: 'u', switches: { push_events: false, job_events: true } };
    expect(newSettings('group', wish).switches).toEqual(['job_events']);
  });

  it('keeps no filter that filters nothing', () => {
    const wish = { url: 'u', switches: {}, branchFilterStrategy: 'all_branches', pushEventsBranchFilter: 'x' } as const;
    expect(newSettings('project', wish)).toMatchObject({ pushEventsBranchFilter: null });
  });
});

describe('secrets of a hook that leads somewhere else', () => {
  const secrets = { token: 't', customHeaders: { 'X-A': 'a' }, urlVariables: { path: 'x', other: 'o' } };

  it('another address: gone', () => {
    const gone = { token: null, customHeaders: {}, urlVariables: {} };
    expect(change(hookOf(secrets), { url: 'https://evil.example/' })).toMatchObject(gone);
  });

  it('another value of a variable: other variables stay on the same server only', () => {
    const { urlVariables, ...others } = change(hookOf(secrets), { urlVariables: { path: 'y' } });
    expect(others).toMatchObject({ token: null, customHeaders: {} });
    expect(urlVariables).toEqual({ path: 'y', other: 'o' });
    const [url, variables] = ['https://{host}/{key}', { host: 'a.example', key: 'k' }];
    const elsewhere = change(hookOf({ url, urlVariables: variables }), { urlVariables: { host: 'evil.example' } });
    expect(elsewhere.urlVariables).toEqual({ host: 'evil.example' });
  });

  it('stay when they come with it', () => {
    const wish = {
      url: 'https://b.example/{path}',
      token: 'n',
      customHeaders: { 'X-B': 'b' },
      urlVariables: { path: 'z' },
    };
    expect(change(hookOf(secrets), wish)).toMatchObject({
      token: 'n',
      customHeaders: { 'X-B': 'b' },
      urlVariables: { path: 'z' },
    });
  });

  it('stay when the address is the same in other words, or something else changes', () => {
    expect(change(hookOf(secrets), { url: 'https://a.example/x' })).toMatchObject({ token: 't' });
    expect(change(hookOf(secrets), { urlVariables: { other: 'p' } })).toMatchObject({
      token: 't',
      urlVariables: { path: 'x', other: 'p' },
    });
    expect(change(hookOf(secrets), { name: 'n', customHeaders: { 'X-B': 'b' } })).toMatchObject({
      token: 't',
      customHeaders: { 'X-A': 'a', 'X-B': 'b' },
    });
  });
});

describe('a signing token', () => {
  const first = newSigningToken();
  const second = newSigningToken();

  it('that is replaced signs for a day more', () => {
    const { signingToken, oldSigningToken } = change(hookOf({ signingToken: first }), { signingToken: second });
    expect({ signingToken, oldSigningToken }).toEqual({
      signingToken: second,
      oldSigningToken: { token: first, until: DAY_LATER },
    });
  });

  it('that is taken away signs no more', () => {
    const gone = change(hookOf({ signingToken: first }), { signingToken: null });
    expect(gone).toMatchObject({ signingToken: null, oldSigningToken: null });
    expect(change(hookOf({ signingToken: first }), { signingToken: '' })).toMatchObject({ signingToken: null });
  });

  it('stays with its predecessor when something else changes', () => {
    const hook = { ...hookOf({ signingToken: second }), oldSigningToken: { token: first, until: DAY_LATER } };
    expect(change(hook, { name: 'n' })).toMatchObject({ oldSigningToken: { token: first } });
    expect(change(hook, { signingToken: second })).toMatchObject({ oldSigningToken: { token: first } });
  });

  it.each([
    [newSigningToken(), true],
    [`whsec_${Buffer.alloc(32).toString('base64')}`, true],
    [`whsec_${Buffer.alloc(31).toString('base64')}`, false],
    [`whsec_${Buffer.alloc(33).toString('base64')}`, false],
    [`whsec_${Buffer.alloc(32, 255).toString('base64url')}`, false],
    [Buffer.alloc(32).toString('base64'), false],
    ['whsec_', false],
    [`${newSigningToken()}\n`, false],
  ])('%j is one: %j', (token, expected) => {
    expect(isSigningToken(token)).toBe(expected);
  });
});
