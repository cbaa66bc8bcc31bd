import { sql } from 'kysely';
import type { Fact } from '../../events/index.ts';
import type { User } from '../accounts/index.ts';
import { selfAndDescendants } from '../groups/index.ts';
import { findProjectById, type Project } from '../projects/index.ts';
import { type DeliverNowDeps, type DeliverNowOutcome, deliverNow } from './delivery/deliver-now.ts';
import { definitionOf } from './events/definition-of.ts';
import type { BuiltEvent, PayloadDeps } from './events/event-definition.ts';
import type { Hook, HookSwitch } from './hook.ts';
import { findSample, NOT_TESTABLE } from './sample-fact.ts';

export interface TryHookDeps extends Omit<PayloadDeps, 'page'>, DeliverNowDeps {}

/** The project whose newest things are sent: a group's hook is tried with those of its first project. */
const projectOf = async ({ db }: TryHookDeps, { place }: Hook): Promise<Project | undefined> => {
  if (place.kind === 'system') return undefined;
  if (place.kind === 'project') return findProjectById(db, place.projectId);
  const { rows } = await sql<{ readonly id: number }>`
    select id from projects where namespace_id in ${selfAndDescendants(sql`${place.groupId}`)} and deleted_at is null
      order by id limit 1`.execute(db);
  const [first] = rows;
  return first && findProjectById(db, first.id);
};

/**
 * Sends a hook of a project or group the newest thing of a kind as if it had just happened, whatever the hook's switches and
 * health, and waits for the answer. A project without such a thing, or a kind that cannot be tried: `failed`, and why.
 */
export const tryHook = async (
  deps: TryHookDeps,
  hook: Hook,
  trigger: HookSwitch,
  user: User,
): Promise<DeliverNowOutcome | { readonly kind: 'failed'; readonly error: string }> => {
  const project = await projectOf(deps, hook);
  if (project === undefined) return { kind: 'failed', error: 'Ensure the group has a project with commits.' };
  const sample = await findSample(deps, trigger, project, user);
  if (sample.kind === 'nothing') return { kind: 'failed', error: sample.sentence };
  const event = await buildEvent(deps, sample.fact, trigger);
  if (event === undefined) return { kind: 'failed', error: NOT_TESTABLE };
  return deliverNow(deps, hook, { trigger, payload: event.payload, subject: `hook:${hook.id}` });
};

/** Undefined: hooks are not told of this. */
const buildEvent = async (deps: TryHookDeps, fact: Fact, trigger: HookSwitch): Promise<BuiltEvent | undefined> => {
  const definition = definitionOf(fact);
  const snapshot =
    definition && (await deps.db.transaction().execute((tx) => definition.snapshot(tx, { facts: [fact] })));
  const context = { occurredAt: deps.clock.now(), wanted: new Set([trigger]) };
  const built = await definition?.build({ ...deps, page: { facts: [fact] } }, snapshot, context);
  return built?.find((event) => event.trigger === trigger);
};
