import { expect, it } from 'vitest';
import { redactEmails } from '../index.ts';

it('hides texts that are an e-mail address, and nothing else', () => {
  const payload = {
    user: { email: 'me@example.com', name: 'me@' },
    list: ['you@example.com', 'see me@example.com', 1, null],
  };
  expect(redactEmails(payload)).toEqual({
    user: { email: '[REDACTED]', name: 'me@' },
    list: ['[REDACTED]', 'see me@example.com', 1, null],
  });
});
