import { expect, it } from 'vitest';
import { findBadMutation } from '../support/mutate-configurations.ts';

it('configurations with mistakes in them have an answer, soon', async () => {
  expect(await findBadMutation(50_000)).toBeUndefined();
});
