import { describe, expect, it } from 'vitest';
import { findHookFaults } from './hook-faults.ts';
import { type HookWish, newSettings } from './hook-wish.ts';

const faultsOf = (wish: Partial<HookWish>) =>
  findHookFaults(newSettings('project', { url: 'https://a.example/', switches: {}, ...wish }));

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));

describe('what may be kept', () => {
  it.each<readonly [string, Partial<HookWish>]>([
    [
      'the longest texts',
      { name: 'n'.repeat(255), description: 'd'.repeat(2048), customWebhookTemplate: 't'.repeat(4096) },
    ],
    ['a long address', { url: `https://a.example/${'a'.repeat(8192 - 18)}` }],
    ['names of variables', { urlVariables: { a: 'x', abc123: 'x', 'a.b-c_1': 'x' } }],
    ['a value with spaces inside', { customHeaders: { 'X-A': 'a b' } }],
    ['twenty pairs', { customHeaders: many(20), urlVariables: many(20) }],
    ['the longest value', { customHeaders: { a: 'v'.repeat(2048) } }],
  ])('%s', (_what, wish) => {
    expect(faultsOf(wish)).toEqual([]);
  });

  it.each<readonly [string, Partial<HookWish>, string]>([
    ['no address', { url: ' ' }, 'url'],
    ['a longer address', { url: `https://a.example/${'a'.repeat(8192)}` }, 'url'],
    ['a longer name', { name: 'n'.repeat(256) }, 'name'],
    ['a longer description', { description: 'd'.repeat(2049) }, 'description'],
    ['a longer template', { customWebhookTemplate: 't'.repeat(4097) }, 'custom_webhook_template'],
    ['a longer token', { token: 't'.repeat(8193) }, 'token'],
    ['a token of two lines', { token: 'a\nb' }, 'token'],
    ['a signing token of another kind', { signingToken: 'secret' }, 'signing_token'],
    ['a filter that is no branch', { pushEventsBranchFilter: 'a b' }, 'push_events_branch_filter'],
    ['a variable that begins with a digit', { urlVariables: { '1a': 'x' } }, 'url_variables'],
    ['a variable with a doubled dot', { urlVariables: { 'a..b': 'x' } }, 'url_variables'],
    ['a variable without a value', { urlVariables: { a: '' } }, 'url_variables'],
    ['21 variables', { urlVariables: many(21) }, 'url_variables'],
    ['a header with a space in its name', { customHeaders: { 'X A': 'x' } }, 'custom_headers'],
    ['a header of two lines', { customHeaders: { 'X-A': 'a\r\nX-B: b' } }, 'custom_headers'],
    ['a header of two encoded lines', { customHeaders: { 'X-A': 'a%0Ab' } }, 'custom_headers'],
    ['a header that begins with a space', { customHeaders: { 'X-A': ' a' } }, 'custom_headers'],
    ['a header that cannot be sent', { customHeaders: { 'X-A': '漢' } }, 'custom_headers'],
    ['a header twice', { customHeaders: { 'X-A': 'a', 'x-a': 'b' } }, 'custom_headers'],
    ['21 headers', { customHeaders: many(21) }, 'custom_headers'],
    ['a value too long', { customHeaders: { a: 'v'.repeat(2049) } }, 'custom_headers'],
  ])('not %s', (_what, wish, attribute) => {
    expect(faultsOf(wish).map((fault) => fault.attribute)).toEqual([attribute]);
  });
});
