export type { Cron } from './cron.ts';
export { type DstPolicy, FUGIT_DST } from './dst-policy.ts';
export { findZone } from './find-zone.ts';
export { imitateTick, type TickOptions } from './imitate-tick.ts';
export { nextRun } from './next-run.ts';
export { type ParseCronOptions, type ParsedCron, parseCron } from './parse-cron.ts';
export type { Refusal } from './refusal.ts';
export { latestRun, runsAfter, runsBetween } from './runs-after.ts';
export { type ZoneChange, zoneChangesBetween } from './zone-changes.ts';
