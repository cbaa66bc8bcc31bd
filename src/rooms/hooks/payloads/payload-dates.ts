/** The two forms that GitLab's payloads give dates in, both in UTC and whole seconds. Pure. */

/** `2021-04-19T07:05:36Z`: system events of users, groups, projects and members. */
export const isoSeconds = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** `2016-08-12 15:23:28 UTC`: everything else. */
export const utcSeconds = (date: Date): string => `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;

export const isoSecondsMaybe = (date: Date | null): string | null => (date === null ? null : isoSeconds(date));

export const utcSecondsMaybe = (date: Date | null): string | null => (date === null ? null : utcSeconds(date));
