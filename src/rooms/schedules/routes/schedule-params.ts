import type { RawValue } from '../../../http/index.ts';
import { anything, arrayOfHashes, boolean, invalidParams, isRawArray, string } from '../../../http/index.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import type { InputWish } from '../schedule-policy.ts';

export const newInputParams = arrayOfHashes({
  name: string({ required: true }),
  value: anything({ required: true }),
});

export const changedInputParams = arrayOfHashes({
  name: string({ required: true }),
  destroy: boolean({ default: false }),
  value: anything(),
});

interface SentInput {
  readonly name: string;
  readonly destroy?: boolean;
  readonly value: RawValue | undefined;
}

/** Text, number, boolean or a list; not a hash or a file. */
const isInputValue = (value: RawValue): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value) || isRawArray(value) || JSON.isRawJSON(value);

/** What was sent as `inputs`. Throws 400 for a value that is missing where it is needed, or that no input can have. */
export const inputWishesOf = (inputs: readonly SentInput[] | undefined): readonly InputWish[] =>
  (inputs ?? []).map(({ name, destroy = false, value }, index) => {
    if (destroy) return { name, destroy };
    const attribute = `inputs[${index}][value]`;
    if (value === undefined) throw invalidParams([{ attribute, text: 'is missing' }]);
    if (!isInputValue(value)) throw invalidParams([{ attribute, text: 'is invalid' }]);
    return { name, destroy, value };
  });

/** The texts that were sent, under the names that the room has for them. */
export const changesOf = (params: {
  readonly description: string | undefined;
  readonly ref: string | undefined;
  readonly cron: string | undefined;
  readonly cron_timezone: string | undefined;
  readonly active: boolean | undefined;
}) =>
  withoutAbsent({
    description: params.description,
    ref: params.ref,
    cron: params.cron,
    cronTimezone: params.cron_timezone,
    active: params.active,
  });
