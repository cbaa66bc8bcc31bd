import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RepositoryServer, startRepositoryServer } from '../../../test/support/repository-server.ts';
import {
  findRefTarget,
  newCommit,
  newObject,
  RefConflict,
  type Repository,
  updateRefs,
  writeObjects,
} from '../../platform/git/index.ts';
import { moveRefs, NO_SHA, type Push, type Pushed, type RefUpdate, settleUpdate } from './index.ts';

let server: RepositoryServer;
let push: Push;
let repository: Repository;
/** Three commits, each the child of the one before, and one beside them. */
const shas: string[] = [];
let aside = '';

beforeAll(async () => {
  server = await startRepositoryServer();
  const ada = await server.addUser('ada');
  const project = await server.addProject(ada, 'journal');
  push = { projectId: project.id, userId: ada.id, pushOptions: ['ci.skip'], viaJobToken: false };
  repository = server.repositories.git.repository(join(server.folder, 'repositories', `${project.id}.git`));
  const tree = newObject('tree', new Uint8Array());
  const who = { name: 'Ada', email: 'ada@example.com', at: new Date(0) };
  const make = async (message: string, parentShas: readonly string[]): Promise<string> => {
    const commit = newCommit({ treeSha: tree.sha, parentShas, author: who, committer: who, message });
    await writeObjects(repository, [tree, commit]);
    return commit.sha;
  };
  for (const message of ['one', 'two', 'three']) shas.push(await make(message, shas.slice(-1)));
  aside = await make('aside', []);
});

afterAll(() => server.close());

let counter = 0;
let defaultOnPushed: (push: Pushed) => Promise<void>;

beforeAll(() => {
  defaultOnPushed = server.control.onPushed;
});

beforeEach(() => {
  server.pushed.length = 0;
  server.published.length = 0;
  server.errors.length = 0;
  server.control.onPushed = defaultOnPushed;
  server.control.dead = new Set(['crashed']);
  counter += 1;
});

const create = (index = 0): RefUpdate => ({ ref: `refs/heads/b${counter}-${index}`, old: NO_SHA, new: shas[0] ?? '' });
const later = (milliseconds: number): void => {
  server.control.now = new Date(server.control.now.getTime() + milliseconds);
};
const crashed = () => server.journalOf('crashed');
const finish = (): Promise<number> => server.pushes.finishOpenPushes();
const toldRefs = (): readonly string[] => server.pushed.flatMap(({ updates }) => updates.map(({ ref }) => ref));

describe('a crash', () => {
  it('before git moved anything: nothing is told, and the intent goes when it cannot move any more', async () => {
    await crashed().begin(push, [create()]);
    expect(await finish()).toBe(0);
    expect(await server.openIntents()).toBe(1);
    later(61_000);
    expect(await finish()).toBe(1);
    expect(server.pushed).toEqual([]);
    expect(await server.openIntents()).toBe(0);
  });

  it('while git, which outlived the server, was about to move: it is told when it has moved', async () => {
    const update = create();
    await crashed().begin(push, [update]);
    await finish();
    await updateRefs(repository, [update]);
    expect(await finish()).toBe(1);
    expect(toldRefs()).toEqual([update.ref]);
  });

  it('after git moved the refs: told once, with everything that the push had', async () => {
    const update = create();
    const pushIntentId = await crashed().begin(push, [update]);
    await updateRefs(repository, [update]);
    expect(await finish()).toBe(1);
    expect(await finish()).toBe(0);
    expect(server.pushed).toEqual([{ ...push, pushIntentId, updates: [update], refCount: 1 }]);
    expect(await server.openIntents()).toBe(0);
  });

  it('after a pipeline was created, before the intent went: not acted on again', async () => {
    const update = create();
    const id = await crashed().begin(push, [update]);
    await updateRefs(repository, [update]);
    await server.database.db.transaction().execute((tx) => settleUpdate(tx, id, update.ref));
    expect(await finish()).toBe(1);
    expect(server.pushed).toEqual([]);
    expect(await server.openIntents()).toBe(0);
  });

  it('between the pipelines of two refs: only the second is told, with the size of the whole push', async () => {
    const updates = [create(1), create(2)];
    const id = await crashed().begin(push, updates);
    await updateRefs(repository, updates);
    await server.database.db.transaction().execute((tx) => settleUpdate(tx, id, updates[0]?.ref ?? ''));
    await finish();
    expect(server.pushed).toMatchObject([{ updates: [updates[1]], refCount: 2 }]);
  });

  it('of a push that moved one ref and not the other: the moved one is told at once', async () => {
    const updates = [create(1), create(2)];
    await crashed().begin(push, updates);
    await updateRefs(repository, updates.slice(0, 1));
    expect(await finish()).toBe(0);
    expect(await finish()).toBe(0);
    expect(toldRefs()).toEqual([updates[0]?.ref]);
    later(61_000);
    expect(await finish()).toBe(1);
    expect(toldRefs()).toEqual([updates[0]?.ref]);
    expect(await server.openIntents()).toBe(0);
  });

  it('and a later push on top: the first is told all the same', async () => {
    const update = create();
    await crashed().begin(push, [update]);
    await updateRefs(repository, [update]);
    await updateRefs(repository, [{ ...update, new: shas[2] ?? '', old: update.new }]);
    await finish();
    expect(toldRefs()).toEqual([update.ref]);
  });

  it('and somebody else won the branch: nothing is told', async () => {
    const update = create();
    await crashed().begin(push, [update]);
    await updateRefs(repository, [{ ...update, new: aside }]);
    later(61_000);
    await finish();
    expect(server.pushed).toEqual([]);
  });

  it('of a deletion is told when the ref is gone', async () => {
    const update = create();
    await updateRefs(repository, [update]);
    const deletion = { ref: update.ref, old: update.new, new: NO_SHA };
    await crashed().begin(push, [deletion]);
    await finish();
    expect(server.pushed).toEqual([]);
    await updateRefs(repository, [deletion]);
    await finish();
    expect(server.pushed).toMatchObject([{ updates: [deletion] }]);
  });

  it('that left a lock behind does not block the branch for ever', async () => {
    const update = create();
    await crashed().begin(push, [update]);
    const lock = join(repository.path, `${update.ref}.lock`);
    mkdirSync(join(lock, '..'), { recursive: true });
    writeFileSync(lock, '');
    utimesSync(lock, new Date(server.control.now), new Date(server.control.now));
    later(61_000);
    await finish();
    await updateRefs(repository, [update]);
    expect(await findRefTarget(repository, update.ref)).toBe(update.new);
  });
});

const pushedRefs = (): readonly string[] =>
  server.published.flatMap((fact) => (fact.type === 'ref_pushed' ? [fact.ref] : []));
const changedRefs = (): readonly (readonly string[])[] =>
  server.published.flatMap((fact) => (fact.type === 'repository_updated' ? [fact.changes.map(({ ref }) => ref)] : []));

describe('the facts of a push', () => {
  it('are published once when it is told again and again after crashes', async () => {
    const updates = [create(1), create(2)];
    await crashed().begin(push, updates);
    await updateRefs(repository, updates);
    let attempts = 0;
    server.control.onPushed = async (told) => {
      attempts += 1;
      // The first one dies between the two refs, the second one after both, before the intent goes.
      await server.database.db
        .transaction()
        .execute((tx) => settleUpdate(tx, told.pushIntentId, updates[attempts - 1]?.ref ?? ''));
      if (attempts < 3) throw new Error('killed');
    };
    for (let round = 0; round < 4; round += 1) await finish();
    expect(attempts).toBe(2);
    expect(await server.openIntents()).toBe(0);
    const refs = updates.map(({ ref }) => ref);
    expect(pushedRefs()).toEqual(refs);
    expect(changedRefs()).toEqual([refs]);
    expect(server.published[0]).toEqual({
      type: 'ref_pushed',
      projectId: push.projectId,
      userId: push.userId,
      ref: refs[0],
      before: NO_SHA,
      after: shas[0],
      pushOptions: ['ci.skip'],
      isOneOfMany: false,
    });
    server.errors.length = 0;
  });

  it('are published once by two servers that finish it', async () => {
    const update = create();
    await crashed().begin(push, [update]);
    await updateRefs(repository, [update]);
    await Promise.all([finish(), server.journalOf('second').finishOpenPushes()]);
    expect(pushedRefs()).toEqual([update.ref]);
    expect(changedRefs()).toEqual([[update.ref]]);
  });

  it('that moved one ref and perhaps another: the ref at once, the repository when nothing more can move', async () => {
    const updates = [create(1), create(2)];
    const [first, second] = updates.map(({ ref }) => ref);
    await crashed().begin(push, updates);
    await updateRefs(repository, updates.slice(0, 1));
    await finish();
    await finish();
    expect(pushedRefs()).toEqual([first]);
    expect(changedRefs()).toEqual([]);
    await updateRefs(repository, updates.slice(1));
    await finish();
    expect(pushedRefs()).toEqual([first, second]);
    expect(changedRefs()).toEqual([[first, second]]);
  });

  it('that moved nothing are none', async () => {
    await crashed().begin(push, [create()]);
    later(61_000);
    await finish();
    expect(server.published).toEqual([]);
  });

  it('say of each ref whether it is one of too many of its kind', async () => {
    const made = [1, 2, 3, 4].map((index) => create(index));
    const tags = [5, 6, 7].map((index) => ({ ref: `refs/tags/t${counter}-${index}`, old: NO_SHA, new: shas[0] ?? '' }));
    await moveRefs({ ...server.repositories, pushes: server.pushes }, push, [...made, ...tags]);
    const many = server.published.flatMap((fact) => (fact.type === 'ref_pushed' ? [fact.isOneOfMany] : []));
    expect(many).toEqual([true, true, true, true, false, false, false]);
    expect(changedRefs()).toHaveLength(1);
    server.published.length = 0;
    const changes = made.map((update, index) => ({
      ref: update.ref,
      old: update.new,
      new: index < 2 ? NO_SHA : aside,
    }));
    await moveRefs({ ...server.repositories, pushes: server.pushes }, push, changes);
    expect(server.published.flatMap((fact) => (fact.type === 'ref_pushed' ? [fact.isOneOfMany] : []))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('of the server’s own refs are none', async () => {
    const update = { ref: `refs/merge-requests/${counter}/head`, old: NO_SHA, new: shas[0] ?? '' };
    await moveRefs({ ...server.repositories, pushes: server.pushes }, push, [update]);
    expect(server.published).toEqual([]);
  });
});

describe('what is not crashed', () => {
  it('is left to the server that works on it', async () => {
    const update = create();
    const alive = server.journalOf('alive');
    const id = await alive.begin(push, [update]);
    const own = await server.pushes.begin(push, [update]);
    await updateRefs(repository, [update]);
    later(61_000);
    expect(await finish()).toBe(0);
    expect(server.pushed).toEqual([]);
    await alive.complete(id, push, [update], [update]);
    await server.pushes.complete(own, push, [update], []);
    expect(await server.openIntents()).toBe(0);
    expect(toldRefs()).toEqual([update.ref]);
  });

  it('is told again when it could not be told', async () => {
    const update = create();
    let attempts = 0;
    server.control.onPushed = async (told) => {
      attempts += 1;
      if (attempts < 3) throw new Error('the database is away');
      await defaultOnPushed(told);
    };
    await moveRefs({ ...server.repositories, pushes: server.pushes }, push, [update]);
    expect(await server.openIntents()).toBe(1);
    expect(server.errors).toHaveLength(1);
    expect(await finish()).toBe(0);
    expect(await finish()).toBe(1);
    expect(attempts).toBe(3);
    expect(await server.openIntents()).toBe(0);
  });

  it('is acted on once when two servers finish the same push', async () => {
    const update = create();
    await crashed().begin(push, [update]);
    await updateRefs(repository, [update]);
    const claims: boolean[] = [];
    server.control.onPushed = async (told) => {
      claims.push(
        await server.database.db.transaction().execute((tx) => settleUpdate(tx, told.pushIntentId, update.ref)),
      );
    };
    await Promise.all([finish(), server.journalOf('second').finishOpenPushes()]);
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('loses its claim when the transaction is undone', async () => {
    const update = create();
    const id = await server.pushes.begin(push, [update]);
    const { db } = server.database;
    await expect(
      db.transaction().execute(async (tx) => {
        expect(await settleUpdate(tx, id, update.ref)).toBe(true);
        expect(await settleUpdate(tx, id, update.ref)).toBe(false);
        throw new Error('undo');
      }),
    ).rejects.toThrow('undo');
    expect(await db.transaction().execute((tx) => settleUpdate(tx, id, update.ref))).toBe(true);
    expect(await db.transaction().execute((tx) => settleUpdate(tx, id, 'refs/heads/other'))).toBe(false);
    await server.pushes.complete(id, push, [update], []);
  });

  it('leaves no intent when a ref is not where it was believed to be', async () => {
    const update = create();
    await updateRefs(repository, [update]);
    await expect(moveRefs({ ...server.repositories, pushes: server.pushes }, push, [update])).rejects.toThrow(
      RefConflict,
    );
    expect(await server.openIntents()).toBe(0);
    expect(server.pushed).toEqual([]);
  });

  it('moves nothing when the intent cannot be written', async () => {
    const update = create();
    const nobody = { ...push, userId: 999_999 as Push['userId'] };
    await expect(moveRefs({ ...server.repositories, pushes: server.pushes }, nobody, [update])).rejects.toThrow();
    expect(await findRefTarget(repository, update.ref)).toBeUndefined();
  });
});
