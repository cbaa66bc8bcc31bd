import type { Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import type { ProjectId, UserId } from '../../kit/ids.ts';
import { removeStaleLocks } from '../../platform/git/index.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { touchProject } from '../projects/index.ts';
import { findMovedUpdates } from './find-moved-updates.ts';
import { pushFacts } from './push-facts.ts';
import {
  deletePushIntent,
  insertPushIntent,
  keepMovedUpdates,
  listPushIntents,
  lockAnnounced,
  markAnnounced,
  type PushIntent,
  settleUpdate,
} from './push-intent-store.ts';
import type { OnPushed, PushIntentId, RefUpdate } from './pushed.ts';
import { NO_SHA } from './pushed.ts';
import { type RepositoryDeps, repositoryOf } from './repositories.ts';
import type { ServerPresence } from './server-presence.ts';

/** Who pushes, and how. */
export interface Push {
  readonly projectId: ProjectId;
  readonly userId: UserId;
  readonly pushOptions: readonly string[];
  readonly viaJobToken: boolean;
}

export interface PushJournalDeps {
  readonly repositories: RepositoryDeps;
  readonly db: Db;
  readonly clock: Clock;
  readonly presence: ServerPresence;
  readonly publish: Publish;
  readonly onPushed: OnPushed;
  readonly log: { readonly error: (fields: object, message: string) => void };
}

/**
 * A dead server's push that has not moved its refs yet may still do so while git, which outlives the server by moments, comes to
 * its end. After this time (milliseconds) it will not.
 */
const GRACE_MS = 60_000;

/**
 * The order of every push: the intent is written, git moves the refs, its facts are published, `onPushed` is told, the
 * intent goes. Whatever dies in between, the intent is found by `finishOpenPushes`, and what really moved is told (again).
 * `settleUpdate` makes what follows happen exactly once for each ref, the marks of `#announce` do so for the facts.
 */
export class PushJournal {
  readonly #deps: PushJournalDeps;
  /** The pushes that this process is working on. */
  readonly #inFlight = new Set<PushIntentId>();

  constructor(deps: PushJournalDeps) {
    this.#deps = deps;
  }

  /** Before git may move a ref. Everything begun must come to `complete`. */
  async begin(push: Push, updates: readonly RefUpdate[]): Promise<PushIntentId> {
    const { db, clock, presence } = this.#deps;
    const id = await insertPushIntent(db, { ...push, updates, serverId: presence.id, createdAt: clock.now() });
    this.#inFlight.add(id);
    return id;
  }

  /**
   * After git. `moved`: what git says has moved; undefined when it ended without saying, then the refs are looked at.
   * Never throws: what cannot be told now stays in the journal and is told by the next `finishOpenPushes`.
   */
  async complete(
    id: PushIntentId,
    push: Push,
    intended: readonly RefUpdate[],
    moved: readonly RefUpdate[] | undefined,
  ): Promise<void> {
    const { db, log, repositories } = this.#deps;
    try {
      const updates =
        moved ?? (await findMovedUpdates(repositoryOf(repositories, { id: push.projectId }), intended)).moved;
      if (updates.length === 0) return await deletePushIntent(db, id);
      const refs = updates.map(({ ref }) => ref);
      if (updates.length < intended.length) await keepMovedUpdates(db, id, refs);
      await this.#announce(id, push, updates, true);
      await this.#tell(id, push, updates, countAlive(updates));
      await deletePushIntent(db, id);
    } catch (error) {
      log.error({ err: error, pushIntentId: id }, 'a push is not completed yet and will be later');
    } finally {
      this.#inFlight.delete(id);
    }
  }

  /**
   * Brings to an end what crashed servers (on start: this one's predecessor) and failed attempts of this one left. Call it on start and
   * then every few seconds. Answers how many pushes it completed.
   */
  async finishOpenPushes(): Promise<number> {
    const { db, log, presence } = this.#deps;
    let finished = 0;
    for (const intent of await listPushIntents(db)) {
      if (this.#inFlight.has(intent.id)) continue;
      if (intent.serverId !== presence.id && (await presence.isAlive(intent.serverId))) continue;
      this.#inFlight.add(intent.id);
      try {
        if (await this.#finish(intent)) finished += 1;
      } catch (error) {
        log.error({ err: error, pushIntentId: intent.id }, 'an open push could not be completed');
      } finally {
        this.#inFlight.delete(intent.id);
      }
    }
    return finished;
  }

  /** What has moved is told at once; the answer is false while it is too early to say that the rest will not. */
  async #finish(intent: PushIntent): Promise<boolean> {
    const { db, clock, repositories } = this.#deps;
    const repository = repositoryOf(repositories, { id: intent.projectId });
    const unsure = intent.updates.filter(({ moved }) => !moved);
    const graceEnds = new Date(intent.createdAt.getTime() + GRACE_MS);
    const isOver = clock.now() >= graceEnds;
    if (isOver) {
      const refs = unsure.map(({ ref }) => ref);
      await removeStaleLocks(repository, refs, graceEnds);
    }
    const found = await findMovedUpdates(repository, unsure);
    const moved = intent.updates.filter((update) => update.moved || found.moved.includes(update));
    const isWhole = found.unmoved.length === 0 || isOver;
    if (moved.length > 0) await this.#announce(intent.id, intent, moved, isWhole);
    const untold = moved.filter(({ settled }) => !settled);
    if (untold.length > 0) {
      await this.#tell(intent.id, intent, untold, countAlive(moved));
      await db.transaction().execute(async (tx) => {
        for (const { ref } of untold) await settleUpdate(tx, intent.id, ref);
      });
    }
    if (!isWhole) return false;
    await deletePushIntent(db, intent.id);
    return true;
  }

  /** Publishes the facts of what has moved, each once however often this is called. `isWhole`: nothing more will move. */
  async #announce(id: PushIntentId, push: Push, moved: readonly RefUpdate[], isWhole: boolean): Promise<void> {
    const { db, clock, publish } = this.#deps;
    await db.transaction().execute(async (tx) => {
      const known = await lockAnnounced(tx, id);
      if (known === undefined) return;
      const { projectId, userId, pushOptions } = push;
      const isNews = isWhole && !known.isWhole;
      await publish(tx, pushFacts({ projectId, userId, pushOptions, moved, announced: known.refs, isWhole: isNews }));
      const refs = moved.map(({ ref }) => ref);
      await markAnnounced(tx, id, refs, isWhole ? clock.now() : null);
    });
  }

  async #tell(id: PushIntentId, push: Push, updates: readonly RefUpdate[], refCount: number): Promise<void> {
    const { db, clock, onPushed } = this.#deps;
    const { projectId, userId, pushOptions, viaJobToken } = push;
    await touchProject(db, projectId, clock.now());
    await onPushed({
      pushIntentId: id,
      projectId,
      userId,
      updates: updates.map(({ ref, old, new: to }) => ({ ref, old, new: to })),
      refCount,
      pushOptions,
      viaJobToken,
    });
  }
}

const countAlive = (updates: readonly RefUpdate[]): number => updates.filter((update) => update.new !== NO_SHA).length;
