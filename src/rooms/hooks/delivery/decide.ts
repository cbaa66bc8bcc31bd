import type { Hook, HookHealth } from '../hook.ts';
import { readRetryAfter } from './read-retry-after.ts';
import type { SendOutcome } from './send.ts';

/** What is known of a delivery when an attempt has ended. */
export interface Attempted {
  /** Attempts before, that the receiver may have had and did not take. */
  readonly attempts: number;
  readonly nextAttemptAt: Date;
}

/** What follows from an attempt. */
export interface Verdict {
  readonly delivery: Attempted & {
    readonly state: 'pending' | 'delivered' | 'failed';
    /** Why it was given up. */
    readonly failure: string | null;
  };
  readonly health: HookHealth;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How long a delivery that was refused waits for its next attempt; the last one ends it. Each becomes up to a fifth longer
 * by chance. More than three days in all.
 */
export const RETRY_AFTER: readonly number[] = [
  10 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  12 * HOUR,
  DAY,
  DAY,
];
/** The longest pause of an endpoint, give or take a fifth. */
const LONGEST_PAUSE = HOUR;
/** An endpoint that is silent about one event, and answers others, must not be held up by it. */
const SILENCES_IN_ORDER = 3;
/** GitLab's: failures in a row until a hook pauses, and until it is disabled; the latter only after days. */
const PAUSES_AFTER = 4;
const DISABLED_AFTER = 40;
const DISABLED_AFTER_TIME = 7 * DAY;

/**
 * What an answer means. Taken (2xx): delivered. No answer at all: the endpoint pauses as a whole, so that order is kept.
 * 429, and 503 with Retry-After: the same, for as long as it asks. 410: nobody wants to hear of it any more. Anything else
 * is the fault of this event, which is tried again later and holds back its own subject only. `random`: 0 to 1. Pure.
 */
export const decide = (
  outcome: Exclude<SendOutcome, { readonly kind: 'aborted' }>,
  delivery: Attempted,
  hook: Pick<Hook, 'place' | keyof HookHealth>,
  { now, random }: { readonly now: Date; readonly random: number },
): Verdict => {
  const keeps = { ...delivery, state: 'pending', failure: null } as const;
  if (outcome.kind === 'answered') {
    if (outcome.status >= 200 && outcome.status < 300) {
      return { delivery: { ...keeps, state: 'delivered' }, health: HEALTHY };
    }
    if (outcome.status === 410) return gone(keeps, hook, now);
    const asked = readRetryAfter(outcome.retryAfter, now);
    if (outcome.status === 429 || (outcome.status === 503 && asked !== undefined)) {
      const pause =
        asked === undefined ? pauseFor(hook, now, random) : Math.min(Math.max(asked, SECOND), LONGEST_PAUSE);
      return { delivery: keeps, health: failing(hook, now, pause) };
    }
  }
  const again = later(delivery, `the receiver answered ${describe(outcome)}`, now, random);
  switch (outcome.kind) {
    case 'answered':
      return { delivery: again, health: failing(hook, now, pauseOfFailing(hook, random)) };
    case 'unreachable':
      return { delivery: keeps, health: failing(hook, now, pauseFor(hook, now, random)) };
    case 'silent': {
      const isInOrder = again.state === 'pending' && again.attempts < SILENCES_IN_ORDER;
      const waits = isInOrder ? { ...again, nextAttemptAt: delivery.nextAttemptAt } : again;
      return { delivery: waits, health: failing(hook, now, pauseFor(hook, now, random)) };
    }
    case 'unsendable':
      return outcome.isFinal
        ? { delivery: { ...keeps, state: 'failed', failure: 'it is too large to be sent' }, health: healthOf(hook) }
        : { delivery: again, health: failing(hook, now, pauseOfFailing(hook, random)) };
  }
};

const HEALTHY: HookHealth = {
  consecutiveFailures: 0,
  failingSince: null,
  pausedUntil: null,
  disabledAt: null,
  disabledReason: null,
};

const describe = (outcome: SendOutcome): string => {
  if (outcome.kind === 'answered') return `with HTTP code ${outcome.status}`;
  return outcome.kind === 'unsendable' ? 'nothing, since the template makes no JSON' : 'nothing';
};

const later = (delivery: Attempted, answer: string, now: Date, random: number): Verdict['delivery'] => {
  const attempts = delivery.attempts + 1;
  const wait = RETRY_AFTER[attempts - 1];
  if (wait === undefined) {
    return { ...delivery, attempts, state: 'failed', failure: `given up after ${attempts} attempts: ${answer}` };
  }
  const nextAttemptAt = new Date(now.getTime() + wait * (1 + random / 5));
  return { attempts, nextAttemptAt, state: 'pending', failure: null };
};

/**
 * Of an endpoint that does not answer: as long as it has been failing, so that pauses double; at least 1 s. Not by the
 * number of failures: a minute's outage with much to send must not end in an hour's pause.
 */
const pauseFor = ({ failingSince }: HookHealth, now: Date, random: number): number => {
  const failing = now.getTime() - (failingSince ?? now).getTime();
  return Math.min(Math.max(failing, SECOND), LONGEST_PAUSE) * (0.8 + random * 0.4);
};

/** Of an endpoint that answers and takes nothing: none for three failures, then 1 min, doubling. Never of system hooks. */
const pauseOfFailing = ({ place, consecutiveFailures }: Pick<Hook, 'place' | keyof HookHealth>, random: number) => {
  const more = consecutiveFailures + 1 - PAUSES_AFTER;
  if (place.kind === 'system' || more < 0) return undefined;
  return Math.min(MINUTE * 2 ** Math.min(more, 30), LONGEST_PAUSE) * (0.8 + random * 0.4);
};

const healthOf = (hook: HookHealth): HookHealth => ({
  consecutiveFailures: hook.consecutiveFailures,
  failingSince: hook.failingSince,
  pausedUntil: hook.pausedUntil,
  disabledAt: hook.disabledAt,
  disabledReason: hook.disabledReason,
});

const failing = (hook: Pick<Hook, 'place' | keyof HookHealth>, now: Date, pause: number | undefined): HookHealth => {
  const consecutiveFailures = hook.consecutiveFailures + 1;
  const failingSince = hook.failingSince ?? now;
  const isGivenUp =
    hook.place.kind !== 'system' &&
    consecutiveFailures >= DISABLED_AFTER &&
    now.getTime() - failingSince.getTime() >= DISABLED_AFTER_TIME;
  return {
    consecutiveFailures,
    failingSince,
    pausedUntil: pause === undefined ? null : new Date(now.getTime() + pause),
    disabledAt: isGivenUp ? now : null,
    disabledReason: isGivenUp
      ? `${consecutiveFailures} deliveries in a row have failed since ${failingSince.toISOString()}`
      : null,
  };
};

const gone = (keeps: Verdict['delivery'], hook: Pick<Hook, 'place' | keyof HookHealth>, now: Date): Verdict => {
  if (hook.place.kind === 'system') {
    const failure = 'the receiver answered with HTTP code 410: it wants no such event any more';
    return { delivery: { ...keeps, state: 'failed', failure }, health: failing(hook, now, undefined) };
  }
  const disabledReason = 'the receiver answered with HTTP code 410: it wants no events any more';
  return { delivery: keeps, health: { ...failing(hook, now, undefined), disabledAt: now, disabledReason } };
};
