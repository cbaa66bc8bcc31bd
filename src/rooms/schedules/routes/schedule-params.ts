import type { RawValue } from '../../../http/index.ts';
import {
  anything,
  arrayOfHashes,
  boolean,
  invalidParams,
  isExactNumber,
  isRawArray,
  isRawParams,
  string,
} from '../../../http/index.ts';
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

/** As JSON can keep it and give it back: numbers as JavaScript has them. Undefined for files and numbers beyond all bounds. */
const plainOf = (value: RawValue): unknown => {
  if (isExactNumber(value)) return finite(Number(value.rawJSON));
  if (typeof value === 'number') return finite(value);
  if (isRawArray(value)) return allOf(value.map(plainOf));
  if (!isRawParams(value)) return typeof value === 'object' && value !== null ? undefined : value;
  const keys = Object.keys(value);
  const values = allOf(keys.map((key) => plainOf(value[key] ?? null)));
  return values === undefined ? undefined : Object.fromEntries(keys.map((key, index) => [key, values[index]]));
};

const finite = (number: number): number | undefined => (Number.isFinite(number) ? number : undefined);
const allOf = (values: readonly unknown[]): readonly unknown[] | undefined =>
  values.includes(undefined) ? undefined : values;

/** What was sent as `inputs`. Throws 400 for a value that is missing where it is needed, or that no input can have. */
export const inputWishesOf = (inputs: readonly SentInput[] | undefined): readonly InputWish[] =>
  (inputs ?? []).map(({ name, destroy = false, value }, index) => {
    if (destroy) return { name, destroy };
    const attribute = `inputs[${index}][value]`;
    if (value === undefined) throw invalidParams([{ attribute, text: 'is missing' }]);
    // Text, number, boolean or a list; a hash only inside of a list.
    const plain = isRawParams(value) ? undefined : plainOf(value);
    if (plain === undefined) throw invalidParams([{ attribute, text: 'is invalid' }]);
    return { name, destroy, value: plain };
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
