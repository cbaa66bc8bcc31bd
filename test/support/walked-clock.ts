/**
 * A slow and plain account of what the clocks of a zone show, minute by minute, as `Intl` tells it: the independent
 * oracle of the crons. Nothing of `src/` is used.
 */
export interface WalkedMinute {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What the clock on the wall shows, as if it were UTC. */
  readonly wall: number;
}

const MINUTE = 60_000;
const DAY = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

const wallAt = (zone: string, at: number): number => {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  formats.set(zone, format);
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = (format.format(at).match(/\d+/g) ?? []).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute);
};

/** Every minute between two moments. */
export const walk = (zone: string, from: number, until: number): readonly WalkedMinute[] =>
  Array.from({ length: Math.floor((until - from) / MINUTE) }, (_, index) => {
    const at = from + index * MINUTE;
    return { at, wall: wallAt(zone, at) };
  });

/** The days (their beginnings in UTC) in which the clocks of a zone are turned: its distance from UTC differs after them. */
export const daysOfChange = (zone: string, fromYear: number, untilYear: number): readonly number[] => {
  const days: number[] = [];
  let before = 0;
  for (let day = Date.UTC(fromYear, 0, 1) - DAY; day < Date.UTC(untilYear, 0, 1); day += DAY) {
    const ahead = wallAt(zone, day + DAY) - day;
    if (before !== 0 && ahead !== before) days.push(day);
    before = ahead;
  }
  return days;
};

/** A cron as the test knows it, without having parsed its text. */
export interface KnownCron {
  readonly text: string;
  readonly hourly: boolean;
  readonly matches: (wall: Date) => boolean;
}

interface WalkPolicy {
  readonly gap: 'skip' | 'after_gap';
  readonly overlap: 'fixed_once' | 'first' | 'second' | 'both';
}

const isRunning = (cron: KnownCron, wall: number): boolean => cron.matches(new Date(wall));

/** How many of the wall-clock minutes that the walk shows twice the cron matches. */
const countRepeated = (cron: KnownCron, minutes: readonly WalkedMinute[], times: ReadonlyMap<number, number>): number =>
  new Set(minutes.filter(({ wall }) => (times.get(wall) ?? 0) > 1 && isRunning(cron, wall)).map(({ wall }) => wall))
    .size;

/** The runs of a cron in a walk that sees one change of the clocks at most, by going through all of its minutes. */
export const runsInWalk = (
  cron: KnownCron,
  minutes: readonly WalkedMinute[],
  policy: WalkPolicy,
): readonly number[] => {
  const times = new Map<number, number>();
  for (const { wall } of minutes) times.set(wall, (times.get(wall) ?? 0) + 1);
  const repeated = countRepeated(cron, minutes, times);
  const seen = new Set<number>();
  const runs: number[] = [];
  let previous: number | undefined;
  for (const { at, wall } of minutes) {
    const isSecond = seen.has(wall);
    const isFirst = !isSecond && (times.get(wall) ?? 0) > 1;
    const kept =
      policy.overlap === 'both' ||
      (policy.overlap === 'second'
        ? !isFirst
        : !isSecond || (policy.overlap === 'fixed_once' && (cron.hourly || repeated > 1)));
    let runsHere = isRunning(cron, wall) && kept;
    if (policy.gap === 'after_gap' && previous !== undefined && !cron.hourly)
      for (let lost = previous + MINUTE; lost < wall; lost += MINUTE) runsHere ||= isRunning(cron, lost);
    if (runsHere) runs.push(at);
    seen.add(wall);
    previous = wall;
  }
  return runs;
};

const firstIn = (hours: readonly number[], minutes: readonly number[]): KnownCron['matches'] => {
  const hourSet = new Set(hours);
  const minuteSet = new Set(minutes);
  return (wall) => hourSet.has(wall.getUTCHours()) && minuteSet.has(wall.getUTCMinutes());
};

const everyNth = (from: number, most: number, step: number): readonly number[] =>
  Array.from({ length: Math.ceil((most + 1 - from) / step) }, (_, index) => from + index * step);

/** Crons of the hours in which clocks are turned, and around; each in two writings of the same meaning. */
export const KNOWN_CRONS: readonly KnownCron[] = [
  ...[0, 1, 2, 3].flatMap((hour) =>
    [0, 15, 30, 59].map((minute) => ({
      text: `${minute} ${hour} * * *`,
      hourly: false,
      matches: firstIn([hour], [minute]),
    })),
  ),
  { text: '*/20 2 * * *', hourly: false, matches: firstIn([2], [0, 20, 40]) },
  { text: '0,30 1 * * *', hourly: false, matches: firstIn([1], [0, 30]) },
  { text: '* 0 * * *', hourly: false, matches: firstIn([0], everyNth(0, 59, 1)) },
  { text: '5-59/10 1-3 * * *', hourly: false, matches: firstIn([1, 2, 3], everyNth(5, 59, 10)) },
  { text: '30 */2 * * *', hourly: false, matches: firstIn(everyNth(0, 23, 2), [30]) },
  { text: '0 * * * *', hourly: true, matches: firstIn(everyNth(0, 23, 1), [0]) },
  { text: '*/45 * * * *', hourly: true, matches: firstIn(everyNth(0, 23, 1), [0, 45]) },
  { text: '45 23 * * *', hourly: false, matches: firstIn([23], [45]) },
  { text: '0 24 * * *', hourly: false, matches: firstIn([0], [0]) },
  {
    text: '30 0-3 L * *',
    hourly: false,
    matches: (wall) => new Date(wall.getTime() + DAY).getUTCDate() === 1 && firstIn([0, 1, 2, 3], [30])(wall),
  },
  {
    text: '30 0-3 * * sun',
    hourly: false,
    matches: (wall) => wall.getUTCDay() === 0 && firstIn([0, 1, 2, 3], [30])(wall),
  },
  {
    text: '10 0-3 1-7 * sun#L',
    hourly: false,
    matches: (wall) =>
      (wall.getUTCDate() <= 7 || (wall.getUTCDay() === 0 && new Date(wall.getTime() + 7 * DAY).getUTCDate() <= 7)) &&
      firstIn([0, 1, 2, 3], [10])(wall),
  },
];

export const POLICIES: readonly WalkPolicy[] = [
  { gap: 'skip', overlap: 'fixed_once' },
  { gap: 'after_gap', overlap: 'first' },
  { gap: 'after_gap', overlap: 'second' },
  { gap: 'skip', overlap: 'both' },
];

/** The walk around a day of change. */
export const walkAround = (zone: string, day: number): readonly WalkedMinute[] =>
  walk(zone, day - 6 * 3_600_000, day + 44 * 3_600_000);
