import type { Cron } from '../../src/kit/cron/index.ts';

const numbersOf = (bits: number): readonly number[] =>
  Array.from({ length: 32 }, (_, index) => index).filter((index) => bits & (1 << index));

const listOf = (values: readonly number[], whole: number): string => (values.length === whole ? '*' : values.join(','));

/** A cron in fugit's plainest writing: every value for itself, `*` for all of them, seconds only when there are any. */
export const writtenOut = (cron: Cron): string => {
  const { monthDays, weekdays, months, both } = cron.days;
  const seconds = listOf(cron.seconds, 60);
  const days =
    monthDays === undefined
      ? ['*']
      : [
          ...numbersOf(monthDays.fromEnd)
            .map((day) => -day)
            .toReversed(),
          ...numbersOf(monthDays.fromStart),
        ];
  const weekdayList = [
    ...numbersOf(weekdays?.plain ?? 0).map((weekday) => ({ weekday, text: `${weekday}` })),
    ...(weekdays?.nth ?? []).map(({ weekday, nth }) => ({ weekday, text: `${weekday}#${nth}` })),
    ...(weekdays?.ofWeeks ?? []).map(({ weekday, every, plus }) => ({
      weekday,
      text: plus === 0 ? `${weekday}%${every}` : `${weekday}%${every}+${plus}`,
    })),
  ].toSorted((one, other) => one.weekday - other.weekday);
  const fields = [
    ...(seconds === '0' ? [] : [seconds]),
    listOf(cron.minutes, 60),
    listOf(cron.hours, 24),
    days.join(','),
    listOf(numbersOf(months), 12),
    weekdayList.length === 0 ? '*' : weekdayList.map(({ text }) => text).join(','),
  ];
  return `${fields.join(' ')}${both ? '&' : ''}`;
};
