import type { Publish } from '../../../events/index.ts';
import type { HookId } from '../../../kit/ids.ts';
import type { Logger } from '../../../platform/log.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import { decide, type Verdict } from './decide.ts';
import {
  type DueDelivery,
  type EndedAttempt,
  findPayload,
  type Lease,
  markAttempt,
  releaseLease,
  renewLease,
  takeDuePage,
  takeLease,
} from './drain-store.ts';
import type { Gate } from './gate.ts';
import { type SendDeps, send } from './send.ts';

export interface DrainDeps extends SendDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly log: Logger;
  readonly publish: Publish;
  /** For every statement: however many hooks are sent to, requests of the API get their connections. */
  readonly gate: Gate;
  /** 0 to 1. */
  readonly random: () => number;
}

/** When a drain is to end. */
export interface DrainEnds {
  /** Nothing more is begun. */
  readonly isOver: () => boolean;
  /** What is under way is given up. */
  readonly signal: AbortSignal;
}

/** Milliseconds. What a killed server leaves behind waits as long. */
const LEASE = 20_000;
/** A lease is renewed when so much of it is left, more than an attempt takes; the hook is read again then. */
const RENEWED_AT = 15_000;
const PAGE = 20;

/**
 * Sends to one hook what is due, one after the other in the order of the events, until nothing is, the hook has to pause,
 * or `isOver`. One that fails holds back what stands behind it on the same subject. Under a lease: a server that stands
 * still past it sends what another one may have sent too, with the same id, and changes nothing that was decided.
 */
export const drainHook = async (deps: DrainDeps, id: HookId, ends: DrainEnds): Promise<void> => {
  const taken = await deps.gate.run(() => takeLease(deps.db, deps.vault, id, leaseFrom(deps)));
  if (taken === undefined) return;
  let lease = taken;
  const hold = (renewed: Lease): void => {
    lease = renewed;
  };
  try {
    const held = { lease: () => lease, hold };
    // Pages of what is held back send nothing, and take their time too.
    while ((await drainPage(deps, held, ends)) && !ends.isOver() && (await isStillOurs(deps, held)));
  } finally {
    await deps.gate.run(() => releaseLease(deps.db, lease));
  }
};

const leaseFrom = ({ clock }: DrainDeps) => {
  const now = clock.now();
  return { now, until: new Date(now.getTime() + LEASE) };
};

interface Held {
  readonly lease: () => Lease;
  readonly hold: (renewed: Lease) => void;
}

/** Whether there may be more. */
const drainPage = async (deps: DrainDeps, held: Held, ends: DrainEnds): Promise<boolean> => {
  const { found, due } = await deps.gate.run(() => takeDuePage(deps.db, held.lease().hook.id, deps.clock.now(), PAGE));
  const heldBack = new Set<string>();
  for (const delivery of due) {
    if (heldBack.has(delivery.subject)) continue;
    if (ends.isOver() || !(await isStillOurs(deps, held))) return false;
    const verdict = await attemptOne(deps, held, delivery, ends.signal);
    if (verdict === undefined || verdict.health.pausedUntil !== null || verdict.health.disabledAt !== null)
      return false;
    if (verdict.delivery.state === 'pending') heldBack.add(delivery.subject);
  }
  return found > 0;
};

const isStillOurs = async (deps: DrainDeps, { lease, hold }: Held): Promise<boolean> => {
  const now = deps.clock.now();
  if (lease().until.getTime() - now.getTime() > RENEWED_AT) return true;
  const renewed = await deps.gate.run(() => renewLease(deps.db, deps.vault, lease(), leaseFrom(deps)));
  if (renewed !== undefined) hold(renewed);
  return renewed !== undefined;
};

/** Undefined: nothing may follow, the server stops, or the hook is gone or not ours any more. */
const attemptOne = async (
  deps: DrainDeps,
  { lease: held, hold }: Held,
  delivery: DueDelivery,
  signal: AbortSignal,
): Promise<Verdict | undefined> => {
  const payload = delivery.payload ?? (await deps.gate.run(() => findPayload(deps.db, delivery.id)));
  if (payload === undefined) return undefined;
  const lease = held();
  const { trigger, idempotencyKey, eventSequence, eventUuid } = delivery;
  const attempt = await send(deps, lease.hook, { trigger, payload, idempotencyKey, eventSequence, eventUuid }, signal);
  if (attempt.outcome.kind === 'aborted') return undefined;
  const now = deps.clock.now();
  const verdict = decide(attempt.outcome, delivery, lease.hook, { now, random: deps.random() });
  if (!(await deps.gate.run(() => mark(deps, { lease, delivery, attempt, verdict, now })))) return undefined;
  // What the next attempt is judged by.
  hold({ ...lease, hook: { ...lease.hook, ...verdict.health } });
  return verdict;
};

/** Whether the lease still held. */
const mark = async (deps: DrainDeps, ended: EndedAttempt): Promise<boolean> => {
  const { verdict, lease } = ended;
  const { disabledReason } = verdict.health;
  const { id, place } = lease.hook;
  if (disabledReason === null) return markAttempt(deps.db, deps.vault, ended);
  const isDisabled = await deps.db.transaction().execute(async (tx) => {
    if (!(await markAttempt(tx, deps.vault, ended))) return false;
    await deps.publish(tx, [
      {
        type: 'hook_disabled',
        hookId: id,
        ...(place.kind === 'project' ? { projectId: place.projectId } : {}),
        ...(place.kind === 'group' ? { groupId: place.groupId } : {}),
        reason: disabledReason,
      },
    ]);
    return true;
  });
  if (isDisabled) deps.log.warn({ hookId: id, place, reason: disabledReason }, 'a hook was disabled');
  return isDisabled;
};
