import type { Fact, FactOf } from '../../../events/index.ts';
import type { Clock } from '../../../kit/clock.ts';
import type { NamespaceId, ProjectId } from '../../../kit/ids.ts';
import type { Db, Tx } from '../../../platform/postgres/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import type { RepositoryDeps } from '../../repositories/index.ts';
import type { ServerFacts } from '../../variables/index.ts';
import type { HookSwitch } from '../hook.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** What payloads are built from. */
export interface PayloadDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly repositories: RepositoryDeps;
  readonly server: ServerFacts;
  /** What is built together, so that it can be read together: see `perPage`. */
  readonly page: Page;
}

/** Facts that become events in one go. */
export interface Page {
  readonly facts: readonly Fact[];
}

/** What is known of one event besides its fact. */
export interface BuildContext {
  /** When the fact was published. */
  readonly occurredAt: Date;
  /** Those of the definition's triggers that some hook hears of here. Nothing else needs to be built. */
  readonly wanted: ReadonlySet<HookSwitch | null>;
}

/** Where an event belongs. */
export interface EventPlace {
  /** What its order is kept for: `pipeline:12`, `project:3`, `user:1`, `group:4`, `merge_request:9`. */
  readonly subject: string;
  /** Its hooks, and those of the groups above, may hear of it. */
  readonly projectId?: ProjectId;
  /** The same for what happens to a group. */
  readonly groupId?: NamespaceId;
}

/** One event as hooks hear of it. */
export interface BuiltEvent {
  /** GitLab's `event_name`, or `object_kind` where there is none: `push`, `pipeline`, `project_create`. */
  readonly eventName: string;
  /** The switch that a hook must have; null: every system hook, and no other, hears of it. */
  readonly trigger: HookSwitch | null;
  readonly payload: JsonObject;
  /** A push: the name of its branch. */
  readonly branch?: string;
}

/** How facts of one kind become events. */
export interface EventDefinition<Kind extends Fact> {
  /** Pure. */
  readonly placeOf: (fact: Kind) => EventPlace;
  /**
   * What it may become, the event of the feed first: nothing is built for switches that no hook has on. Null: for system
   * hooks. Pure.
   */
  readonly triggersOf: (fact: Kind) => readonly (HookSwitch | null)[];
  /** `event_name` of the entry in the feed while nobody listens, so that nothing is built. */
  readonly eventName: (fact: Kind) => string;
  /**
   * Read in the fact's transaction: what is destroyed, or will have changed. A few statements; for facts that come by the
   * thousand none (jobs), or a few for all that were published together, which are the page (members: see `perPage`).
   */
  readonly snapshot?: (tx: Tx, fact: Kind, page: Page) => Promise<JsonObject | undefined>;
  /** After the commit, outside any transaction; git may be asked. Several: one after the other. None: not for hooks. */
  readonly build: (
    deps: PayloadDeps,
    fact: Kind,
    snapshot: JsonObject | undefined,
    context: BuildContext,
  ) => Promise<readonly BuiltEvent[]>;
}

export type EventDefinitions = { readonly [Type in Fact['type']]?: EventDefinition<FactOf<Type>> };
