import { RAILS_ZONES } from './rails-zones.ts';

/** What fugit takes for a fixed offset: up to 11:45, in quarters of an hour. */
const OFFSET = /^([+-])(0\d|1[01]):?(00|15|30|45)$/;

const isZone = (name: string): boolean => {
  try {
    // Temporal takes any case, GitLab takes names as they are written in the database of zones.
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId === name;
  } catch {
    return false;
  }
};

/**
 * The zone that a name stands for, to be handed to `nextRun`: an IANA name with its links (`Asia/Tokyo`, `US/Pacific`,
 * `UTC`), a name of Rails (`Pacific Time (US & Canada)`, `Berlin`), or an offset (`+09:00`, `-0330`). Case counts, as in
 * GitLab. Undefined for anything else.
 */
export const findZone = (name: string): string | undefined => {
  const offset = OFFSET.exec(name);
  if (offset !== null) return `${offset[1]}${offset[2]}:${offset[3]}`;
  const zone = RAILS_ZONES.get(name) ?? name;
  return /^[A-Z]/.test(zone) && isZone(zone) ? zone : undefined;
};
