const DATE = /^(\d{4})-?(\d\d)-?(\d\d)$/;
const TIME = /^(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?(?:[Zz]|[+-]\d\d(?::?\d\d)?)?$/;

/** Whether a text is a date, or a date and a time, of ISO 8601 (calendar dates only). */
export const isIsoTime = (text: string): boolean => {
  const [date = '', time, ...more] = text.trim().split(/[Tt]/);
  if (more.length > 0) return false;
  return isDate(date) && (time === undefined || isTime(time));
};

const isDate = (text: string): boolean => {
  const [, year, month, day] = DATE.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
};

const daysOf = (year: number, month: number): number => {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
};

const isTime = (text: string): boolean => {
  const [found, hours, minutes, seconds] = TIME.exec(text) ?? [];
  if (found === undefined) return false;
  return Number(hours) <= 24 && Number(minutes ?? 0) <= 59 && Number(seconds ?? 0) <= 60;
};
