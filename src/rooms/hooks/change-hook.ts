import type { Clock } from '../../kit/clock.ts';
import { conflict, recordNotFound } from '../../kit/errors.ts';
import { findRefusal } from '../../platform/net/index.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import type { User } from '../accounts/index.ts';
import { fillUrl } from './delivery/fill-url.ts';
import type { Hook, HookPlace, HookSettings } from './hook.ts';
import { fullAddress } from './hook-address.ts';
import { findHookFaults, type HookFault } from './hook-faults.ts';
import { countHooks, findHook, insertHook, lockHook, lockPlace, resetHealth, updateHook } from './hook-store.ts';
import { type ChangedSettings, type HookWish, newSettings } from './hook-wish.ts';
import type { OutboundPolicyFor } from './outbound-policy.ts';

export interface ChangeHookDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly outboundPolicyFor: OutboundPolicyFor;
}

/** A change that comes to nothing, and why. At least one fault. */
export class BadHook extends Error {
  readonly faults: readonly HookFault[];

  constructor(faults: readonly HookFault[]) {
    super(faults.map(({ attribute, sentence }) => `${attribute} ${sentence}`).join(', '));
    this.name = 'BadHook';
    this.faults = faults;
  }
}

const MOST_HOOKS: Readonly<Record<HookPlace['kind'], number>> = {
  system: Number.POSITIVE_INFINITY,
  project: 100,
  group: 50,
};

/** Its name may be resolved for it, so it is never called inside of a transaction. Throws `BadHook`. */
export const refuseFaults = async (deps: ChangeHookDeps, place: HookPlace, settings: HookSettings): Promise<void> => {
  const faults = findHookFaults(settings);
  const refusal = faults.some(({ attribute }) => attribute === 'url')
    ? undefined
    : await findUrlFault(deps, place, settings);
  if (faults.length > 0 || refusal !== undefined) {
    throw new BadHook([...(refusal === undefined ? [] : [{ attribute: 'url', sentence: refusal }]), ...faults]);
  }
};

const findUrlFault = async (
  deps: ChangeHookDeps,
  place: HookPlace,
  settings: HookSettings,
): Promise<string | undefined> => {
  if (fullAddress(settings) === undefined) return 'names a variable that has no value';
  const { url } = fillUrl(settings.url, settings.urlVariables);
  return findRefusal(url, await deps.outboundPolicyFor(place.kind));
};

/** The hook of that number in this place. Throws 404. */
export const getHook = async (
  deps: Pick<ChangeHookDeps, 'db' | 'vault'>,
  place: HookPlace,
  id: number,
): Promise<Hook> => {
  const hook = await findHook(deps.db, deps.vault, place, id);
  if (hook === undefined) throw recordNotFound();
  return hook;
};

/** Makes a hook. Throws `BadHook`. */
export const createHook = async (
  deps: ChangeHookDeps,
  place: HookPlace,
  creator: User,
  wish: HookWish & { readonly url: string },
): Promise<Hook> => {
  const settings = newSettings(place.kind, wish);
  await refuseFaults(deps, place, settings);
  return deps.db.transaction().execute(async (tx) => {
    await lockPlace(tx, place);
    const most = MOST_HOOKS[place.kind];
    if ((await countHooks(tx, place)) >= most) {
      throw new BadHook([{ attribute: 'base', sentence: `Maximum number of ${place.kind} hooks (${most}) exceeded` }]);
    }
    return insertHook(tx, deps.vault, { place, settings, creatorId: creator.id }, deps.clock.now());
  });
};

/** How often a change is tried while others lead it to other addresses, each of which must be checked. */
const TRIES = 5;

/**
 * Changes a hook. `plan` is asked several times, last with the hook locked; what it throws is thrown. A hook that leads
 * somewhere else is given a new chance: its failures are forgotten. Throws 404, 409 and `BadHook`.
 */
export const changeHook = async (
  deps: ChangeHookDeps,
  place: HookPlace,
  id: number,
  plan: (hook: Hook) => ChangedSettings,
): Promise<Hook> => {
  for (let left = TRIES; left > 0; left -= 1) {
    const hook = await getHook(deps, place, id);
    const settings = plan(hook);
    await refuseFaults(deps, place, settings);
    const checked = fullAddress(settings);
    const changed = await deps.db.transaction().execute((tx) => write(deps, tx, hook, { plan, checked }));
    if (changed !== undefined) return changed;
  }
  throw conflict('The hook is being changed by others. Try again.');
};

/** Plans it anew for what the hook is by now. Undefined: that leads to another address than the one that was checked. */
const write = async (
  deps: ChangeHookDeps,
  tx: Tx,
  hook: Hook,
  { plan, checked }: { readonly plan: (hook: Hook) => ChangedSettings; readonly checked: string | undefined },
): Promise<Hook | undefined> => {
  const locked = await lockHook(tx, deps.vault, hook.place, hook.id);
  if (locked === undefined) throw recordNotFound();
  const settings = plan(locked);
  if (fullAddress(settings) !== checked) return undefined;
  const faults = findHookFaults(settings);
  if (faults.length > 0) throw new BadHook(faults);
  if (fullAddress(locked) !== checked) await resetHealth(tx, hook.id);
  return updateHook(tx, deps.vault, hook.id, settings, deps.clock.now());
};
