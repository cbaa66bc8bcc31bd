/**
 * A slow and plain account of what the clocks of a zone show, minute by minute, as `Intl` tells it: the independent
 * oracle of the crons. Nothing of `src/` is used.
 */
export interface WalkedMinute {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What the clock on the wall shows, as if it were UTC. */
  readonly wall: Date;
  /** Whether the walk comes by this wall-clock time once, or for the first or the second time of two. */
  readonly occurrence: 'only' | 'first' | 'second';
  /** The wall-clock times that the clock jumped over just before. */
  readonly lost: readonly Date[];
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

/** Every minute between two moments, in which the clocks are turned once at most. */
export const walk = (zone: string, from: number, until: number): readonly WalkedMinute[] => {
  const times: number[] = [];
  for (let at = from; at < until; at += MINUTE) times.push(wallAt(zone, at));
  const count = Map.groupBy(times, (wall) => wall);
  const seen = new Set<number>();
  return times.map((wall, index) => {
    const lost: Date[] = [];
    for (let missing = (times[index - 1] ?? wall) + MINUTE; missing < wall; missing += MINUTE)
      lost.push(new Date(missing));
    const twice = (count.get(wall)?.length ?? 0) > 1;
    const occurrence = twice ? (seen.has(wall) ? 'second' : 'first') : 'only';
    seen.add(wall);
    return { at: from + index * MINUTE, wall: new Date(wall), occurrence, lost };
  });
};

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

/** The runs of a cron in a walk, by going through all of its minutes. */
export const runsInWalk = (
  cron: KnownCron,
  minutes: readonly WalkedMinute[],
  policy: WalkPolicy,
): readonly number[] => {
  const matching = minutes.filter(({ wall }) => cron.matches(wall));
  const isInterval = cron.hourly || matching.filter(({ occurrence }) => occurrence === 'second').length > 1;
  const dropped = { first: 'second', second: 'first', both: 'none', fixed_once: isInterval ? 'none' : 'second' };
  const kept = new Set(matching.filter(({ occurrence }) => occurrence !== dropped[policy.overlap]));
  const isMadeUp = ({ lost }: WalkedMinute): boolean =>
    policy.gap === 'after_gap' && !cron.hourly && lost.some((wall) => cron.matches(wall));
  return minutes.filter((minute) => kept.has(minute) || isMadeUp(minute)).map(({ at }) => at);
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
    text: '0,30 1,2 * * sun',
    hourly: false,
    matches: (wall) => wall.getUTCDay() === 0 && firstIn([1, 2], [0, 30])(wall),
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
