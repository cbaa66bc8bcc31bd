import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addHook } from '../../../test/support/add-hook.ts';
import { httpReceiver } from '../../../test/support/receiver.ts';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import type { Fact } from '../../events/index.ts';
import type { HookId } from '../../kit/ids.ts';
import { causedBy, currentCause } from '../../platform/request-cause.ts';
import type { HookPlace, HookSwitch } from './hook.ts';

let app: TestApp;
let project: TestProject;
let changes = 0;
beforeAll(async () => {
  app = await startTestApp({ outboundAllow: '127.0.0.1' });
  project = await app.addProject('job: {script: make}\n');
  await app.tick('events');
});
afterAll(() => app.close());
beforeEach(async () => {
  await app.db.deleteFrom('hooks').execute();
});

const MADE_UP = '11111111-1111-4111-8111-111111111111';
const ITSELF = 'not sent: the hook has caused this event itself (X-Gitlab-Event-UUID)';

const placeOfProject = (): HookPlace => ({ kind: 'project', projectId: project.id });

/** A hook and the UUIDs that its receiver was told under, in order. */
const hear = async (switches: readonly HookSwitch[] = ['tag_push_events'], place: HookPlace = placeOfProject()) => {
  const { host, requests } = await httpReceiver((_request, response) => response.end());
  const { id } = await addHook(app, { url: `http://${host}/`, switches, place });
  const heard = () => requests.map(({ headers }) => String(headers['x-gitlab-event-uuid']));
  return { id, heard };
};

const failures = async (id: HookId) => {
  const rows = await app.db
    .selectFrom('hook_deliveries')
    .select('failure')
    .where('hook_id', '=', id)
    .where('state', '=', 'failed')
    .execute();
  return rows.map(({ failure }) => failure);
};

/** A tag, of which hooks hear; `because`: the UUID that its request names. */
const change = async (because?: string): Promise<void> => {
  const headers: Readonly<Record<string, string>> = because === undefined ? {} : { 'X-Gitlab-Event-UUID': because };
  changes += 1;
  const json = { tag_name: `v${changes}`, ref: 'main' };
  (await project.call('POST', '/repository/tags', { headers, json })).must(201);
  await app.settle();
  await app.deliver();
};

/** The fact alone. */
const touch = async () => {
  const after = await project.headOf('main');
  const { id: userId } = project.owner.user;
  const before = '0'.repeat(40);
  const fact: Fact = {
    type: 'ref_pushed',
    projectId: project.id,
    userId,
    ref: 'refs/tags/v1',
    before,
    after: after ?? before,
    pushOptions: [],
    isOneOfMany: false,
  };
  await app.db.transaction().execute((tx) => app.parts.publish(tx, [fact]));
};

describe('what a hook has caused', () => {
  it('is told to others under the same UUID, and not to the hook; its log says why', async () => {
    const [one, other] = [await hear(), await hear()];
    await change();
    const [first = ''] = one.heard();
    expect(other.heard()).toHaveLength(1);
    expect(other.heard()).not.toEqual([first]);
    await change(first);
    expect([one.heard().length, other.heard().slice(1)]).toEqual([1, [first]]);
    expect(await failures(one.id)).toEqual([ITSELF]);
    const log = await project.call('GET', `/hooks/${one.id}/events`);
    expect(log.must(200).rows()[0]?.body).toMatchObject({
      response_status: 'internal error',
      error: ITSELF,
      request_headers: { 'X-Gitlab-Event-UUID': first },
    });
    // As the other one's receiver would go on.
    await change(first);
    expect([one.heard().length, other.heard().length]).toEqual([1, 2]);
    expect(await failures(other.id)).toEqual([ITSELF]);
  });

  it('may be sent to it by hand', async () => {
    const { id, heard } = await hear();
    await change();
    await change(heard()[0]);
    const log = (await project.call('GET', `/hooks/${id}/events`)).must(200);
    const path = `/hooks/${id}/events/${log.number(0, 'id')}/resend`;
    expect((await project.call('POST', path)).outcome).toEqual([201, { response_status: 200 }]);
    expect(heard()).toEqual([heard()[0], heard()[0]]);
  });

  it('is told again after half an hour', async () => {
    const { heard } = await hear();
    await change();
    app.clock.advance(31 * 60);
    await change(heard()[0]);
    expect(heard()).toEqual([heard()[0], heard()[0]]);
  });

  it('is what its request names: nothing else, and no UUID that nobody was told under', async () => {
    const { heard } = await hear();
    await change();
    await change(MADE_UP);
    await change(MADE_UP);
    await change('nonsense');
    await change();
    expect(heard()).toHaveLength(5);
    expect(new Set([...heard(), MADE_UP]).size).toBe(6);
  });

  it('are pushes and their pipelines too, but not what comes of another push', async () => {
    const place = { kind: 'project', projectId: project.id } as const;
    const one = await hear(['push_events', 'pipeline_events'], place);
    const other = await hear(['push_events', 'pipeline_events'], place);
    const commit = async (branch: string, headers: Readonly<Record<string, string>> = {}) => {
      const actions = [{ action: 'create', file_path: branch, content: branch }];
      const json = { branch, start_branch: 'main', commit_message: branch, actions };
      (await project.call('POST', '/repository/commits', { headers, json })).must(201);
      await app.settle();
      await app.deliver();
    };
    await commit('first');
    const told = one.heard().length;
    const [push = ''] = one.heard();
    expect(told).toBeGreaterThan(1);
    expect(new Set(one.heard()).size).toBe(told);
    await commit('second', { 'X-Gitlab-Event-UUID': push });
    expect(one.heard()).toHaveLength(told);
    expect(await failures(one.id)).toEqual(Array.from({ length: told }, () => ITSELF));
    expect(other.heard().slice(told)).toEqual(Array.from({ length: told }, () => push));
    await commit('third');
    expect(one.heard()).toHaveLength(told * 2);
  });

  it('does not begin with what the same request was told of before', async () => {
    const [one, other] = [await hear(), await hear()];
    await change();
    const [first = ''] = one.heard();
    await causedBy(first, async () => {
      await touch();
      await app.deliver();
      await touch();
      await app.deliver();
    });
    expect(other.heard().slice(1)).toEqual([first, first]);
    expect(one.heard()).toEqual([first]);
  });

  it('is told to system hooks all the same', async () => {
    const own = await hear();
    const audit = await hear(['tag_push_events'], { kind: 'system' });
    await change();
    const [known = ''] = own.heard();
    await change(known);
    await change(known);
    expect(own.heard()).toHaveLength(1);
    expect(audit.heard()).toHaveLength(3);
    expect(await failures(audit.id)).toEqual([]);
  });

  it('has no part in what other work the request wakes', async () => {
    const rings: unknown[] = [];
    const end = app.parts.eventBell.onRing(() => rings.push(currentCause()));
    await causedBy(MADE_UP, touch);
    end();
    expect(rings).toEqual([undefined]);
  });
});

describe('a chain of a hundred hooks', () => {
  it('ends there', async () => {
    const { id, heard } = await hear();
    await change();
    const [uuid = ''] = heard();
    await app.database.pool.query(
      `with others as (
        insert into hooks (kind, project_id, url_sealed, switches, enable_ssl_verification, branch_filter_strategy,
          url_variables_sealed, custom_headers_sealed, created_at, updated_at, disabled_at)
        select kind, project_id, url_sealed, switches, enable_ssl_verification, branch_filter_strategy, url_variables_sealed,
          custom_headers_sealed, created_at, updated_at, now() from hooks, generate_series(1, 99) where id = ${id}
        returning id)
      insert into hook_deliveries (hook_id, event_sequence, event_uuid, subject, idempotency_key, payload, state,
        next_attempt_at, created_at, decided_at)
      select others.id, event_sequence, event_uuid, subject, gen_random_uuid(), payload, state, next_attempt_at, created_at,
        decided_at from others, hook_deliveries where hook_id = ${id}`,
    );
    const last = await hear();
    await change(uuid);
    expect(last.heard()).toEqual([]);
    expect(await failures(last.id)).toEqual([
      'not sent: 100 hooks or more have caused each other (X-Gitlab-Event-UUID)',
    ]);
    await change();
    expect(last.heard()).toHaveLength(1);
  });
});
