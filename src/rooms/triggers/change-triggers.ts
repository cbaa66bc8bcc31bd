import type { Clock } from '../../kit/clock.ts';
import { badRequest, recordNotFound } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { digestOf, randomToken, type Vault } from '../../platform/secrets/index.ts';
import type { User } from '../accounts/index.ts';
import type { Project } from '../projects/index.ts';
import {
  countTriggers,
  deleteTriggersExpiredBefore,
  findTrigger,
  findTriggerByDigest,
  insertTrigger,
  updateTrigger,
} from './store.ts';
import { lifetimeEnd, MAX_TRIGGERS, mayExpireAt, TRIGGER_TOKEN_PREFIX } from './token-policy.ts';
import type { Trigger } from './trigger.ts';

export interface TriggerDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** The token of that number in the project. Throws 404 also for one that has expired. */
export const getTrigger = async (deps: TriggerDeps, project: Project, id: number): Promise<Trigger> => {
  const trigger = await findTrigger(deps.db, deps.vault, project.id, id, deps.clock.now());
  if (trigger === undefined) throw recordNotFound();
  return trigger;
};

/** Whose token is this? Undefined for an unknown one and for one that has expired. Found by its SHA-256. */
export const findTriggerByToken = (deps: TriggerDeps, token: string): Promise<Trigger | undefined> =>
  findTriggerByDigest(deps.db, deps.vault, digestOf(token), deps.clock.now());

/** GitLab embeds the model's errors in the sentence as JSON. */
const refuseAttribute = (attribute: string, sentence: string) =>
  badRequest(JSON.stringify({ [attribute]: [sentence] }));

/** Makes a token of the user for the project. Throws 400 for an expiry too far away and above the project's limit. */
export const createTrigger = async (
  deps: TriggerDeps,
  user: User,
  project: Project,
  wanted: { readonly description: string; readonly expiresAt: Date | undefined },
): Promise<Trigger> => {
  const now = deps.clock.now();
  const { description, expiresAt = null } = wanted;
  if (expiresAt !== null && !mayExpireAt(expiresAt, now)) {
    throw refuseAttribute('expires_at', `must be before ${lifetimeEnd(now)}`);
  }
  const token = randomToken(TRIGGER_TOKEN_PREFIX);
  const row = { projectId: project.id, ownerId: user.id, description, token, digest: digestOf(token), expiresAt };
  const id = await deps.db.transaction().execute(async (tx) => {
    if ((await countTriggers(tx, project.id, now)) >= MAX_TRIGGERS) {
      throw refuseAttribute('base', `Maximum number of pipeline triggers (${MAX_TRIGGERS}) exceeded`);
    }
    return insertTrigger(tx, deps.vault, row, now);
  });
  return { id, ...row, owner: user, createdAt: now, updatedAt: now, lastUsedAt: null };
};

export const describeTrigger = async (
  deps: TriggerDeps,
  project: Project,
  trigger: Trigger,
  description: string | null,
): Promise<Trigger> => {
  await updateTrigger(deps.db, trigger.id, description, deps.clock.now());
  return getTrigger(deps, project, trigger.id);
};

const KEPT_MS = 30 * 86_400_000;

/** Forgets tokens that expired 30 days ago. Answers how many. For a daily task. */
export const purgeExpiredTriggers = (deps: Pick<TriggerDeps, 'db' | 'clock'>): Promise<number> =>
  deleteTriggersExpiredBefore(deps.db, new Date(deps.clock.now().getTime() - KEPT_MS));
