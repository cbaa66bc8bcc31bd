import { expect, it } from 'vitest';
import { parseSignature } from './commit.ts';

it.each([
  ['0 +0000', '1970-01-01T00:00:00.000+00:00'],
  ['1338205362 -0700', '2012-05-28T04:42:42.000-07:00'],
  ['1338205362 +1400', '2012-05-29T01:42:42.000+14:00'],
  // What is no offset is none: the moment stays.
  ['1338205362 +9999', '2012-05-28T11:42:42.000+00:00'],
  ['1338205362 -0060', '2012-05-28T11:42:42.000+00:00'],
])('the date of %s is %s', (written, date) => {
  expect(parseSignature(`Ada <ada@example.com> ${written}`).date).toBe(date);
});

it.each(['+9999', '+0000', '+1400', '-2359'])('the date of a commit from the far future at %s is one', (offset) => {
  const { date } = parseSignature(`Ada <ada@example.com> 999999999999 ${offset}`);
  expect(date).toMatch(/^9999-\d\d-\d\dT/);
  expect(Date.parse(date)).not.toBeNaN();
});
