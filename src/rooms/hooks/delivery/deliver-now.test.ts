import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHook } from '../../../../test/support/add-hook.ts';
import { httpReceiver } from '../../../../test/support/receiver.ts';
import { startTestApp, type TestApp } from '../../../../test/support/test-app.ts';
import { until } from '../../../../test/support/until.ts';
import { deliverNow } from '../index.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ outboundAllow: '127.0.0.1' });
});
afterAll(() => app.close());

const REQUEST = { trigger: null, payload: { event_name: 'project_create' }, subject: 'test' } as const;

const attempts = (hookId: number) =>
  app.db.selectFrom('hook_attempts').selectAll().where('hook_id', '=', hookId).orderBy('id').execute();

/** Statements of this database that wait for a lock. */
const waiting = async (): Promise<number> => {
  const { rows } =
    await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      app.db,
    );
  return rows.length;
};

describe('sending at once', () => {
  it('answers what the receiver said, and stands in the log without secrets', async () => {
    const receiver = await httpReceiver((request, response) => {
      response.statusCode = 201;
      response.setHeader('X-Echo', String(request.headers['x-gitlab-token']));
      response.end(`thanks for ${String(request.headers['x-key'])} at ${request.url}`);
    });
    const hook = await addHook(app, {
      url: `http://${receiver.host}/{key}`,
      token: 'the-token',
      urlVariables: { key: 'part-of-the-path' },
      customHeaders: { 'X-Key': 'the-key' },
    });
    const outcome = await deliverNow(app.parts, hook, REQUEST);
    expect(outcome).toMatchObject({ kind: 'answered', status: 201, body: 'thanks for [REDACTED] at /{key}' });
    expect(receiver.requests[0]).toMatchObject({ method: 'POST', url: '/part-of-the-path' });
    const [row, ...more] = await attempts(hook.id);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ id: outcome.attemptId, response_status: '201', error: null, trigger: null });
    expect(JSON.stringify(row)).not.toMatch(/the-token|the-key|part-of-the-path/);
  });

  it('tells why there was no answer', async () => {
    const hook = await addHook(app, { url: 'http://169.254.169.254/' });
    const outcome = await deliverNow(app.parts, hook, REQUEST);
    expect(outcome).toMatchObject({ kind: 'failed', error: 'Requests to the link local network are not allowed' });
    expect(await attempts(hook.id)).toMatchObject([{ response_status: 'internal error' }]);
  });

  it('makes a hook healthy that was disabled', async () => {
    const receiver = await httpReceiver((_request, response) => response.end());
    const hook = await addHook(app, { url: `http://${receiver.host}/` });
    await app.db
      .updateTable('hooks')
      .set({ consecutive_failures: 40, disabled_at: app.clock.now(), disabled_reason: 'x' })
      .where('id', '=', hook.id)
      .execute();
    await deliverNow(app.parts, hook, REQUEST);
    const row = await app.db.selectFrom('hooks').selectAll().where('id', '=', hook.id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ consecutive_failures: 0, disabled_at: null, disabled_reason: null });
  });

  it('sends again what was sent before, with the same key, and ends it', async () => {
    let status = 500;
    const receiver = await httpReceiver((_request, response) => {
      response.statusCode = status;
      response.end();
    });
    const hook = await addHook(app, { url: `http://${receiver.host}/` });
    await deliverNow(app.parts, hook, REQUEST);
    const find = () =>
      app.db.selectFrom('hook_deliveries').selectAll().where('hook_id', '=', hook.id).executeTakeFirstOrThrow();
    const delivery = await find();
    expect(delivery.state).toBe('failed');
    status = 200;
    const again = { ...REQUEST, idempotencyKey: delivery.idempotency_key, deliveryId: delivery.id };
    await deliverNow(app.parts, hook, again);
    expect(await find()).toMatchObject({ id: delivery.id, state: 'delivered', failure: null });
    const ids = receiver.requests.map((request) => request.headers['webhook-id']);
    expect(ids).toEqual([delivery.idempotency_key, delivery.idempotency_key]);
    expect(await attempts(hook.id)).toHaveLength(2);
  });

  it('of what has failed brings forward what waits behind it, of its subject only', async () => {
    const hook = await addHook(app, { url: `http://${(await httpReceiver((_, response) => response.end())).host}/` });
    const later = new Date(app.clock.now().getTime() + 3_600_000);
    const enqueue = (state: string, subject: string) =>
      app.db
        .insertInto('hook_deliveries')
        .values({
          hook_id: hook.id,
          subject,
          idempotency_key: randomUUID(),
          payload: '{}',
          state,
          next_attempt_at: later,
          created_at: app.clock.now(),
        })
        .returning(['id', 'idempotency_key'])
        .executeTakeFirstOrThrow();
    const dueNow = async () => {
      const rows = await app.db
        .selectFrom('hook_deliveries')
        .select('id')
        .where('hook_id', '=', hook.id)
        .where('state', '=', 'pending')
        .where('next_attempt_at', '<=', app.clock.now())
        .execute();
      return rows.map(({ id }) => id);
    };
    const before = await enqueue('pending', 'test');
    const failed = await enqueue('failed', 'test');
    const delivered = await enqueue('delivered', 'test');
    const behind = await enqueue('pending', 'test');
    await enqueue('pending', 'other');
    const resend = ({ id, idempotency_key: idempotencyKey }: typeof failed) =>
      deliverNow(app.parts, hook, { ...REQUEST, idempotencyKey, deliveryId: id });
    await resend(delivered);
    expect(await dueNow()).toEqual([]);
    await resend(failed);
    expect(await dueNow()).toEqual([behind.id]);
    await resend(before);
    const pending = await app.db
      .selectFrom('hook_deliveries')
      .select('subject')
      .where('hook_id', '=', hook.id)
      .where('state', '=', 'pending')
      .orderBy('id')
      .execute();
    expect(pending.map(({ subject }) => subject)).toEqual(['test', 'other']);
  });

  it('to a hook that is deleted meanwhile ends with 404, and neither waits for the other', async () => {
    const arrived = Promise.withResolvers<undefined>();
    const release = Promise.withResolvers<undefined>();
    const { host } = await httpReceiver((_request, response) => {
      arrived.resolve(undefined);
      void release.promise.then(() => response.end());
    });
    const hook = await addHook(app, { url: `http://${host}/` });
    const { id: deliveryId, idempotency_key: idempotencyKey } = await app.db
      .insertInto('hook_deliveries')
      .values({
        hook_id: hook.id,
        subject: 'test',
        idempotency_key: randomUUID(),
        payload: '{}',
        state: 'failed',
        next_attempt_at: app.clock.now(),
        created_at: app.clock.now(),
      })
      .returning(['id', 'idempotency_key'])
      .executeTakeFirstOrThrow();
    const sent = deliverNow(app.parts, hook, { ...REQUEST, idempotencyKey, deliveryId });
    await arrived.promise;
    const deleted = app.db.transaction().execute(async (tx) => {
      // As its deletion does: the hook first, then what it was to be told.
      await tx.selectFrom('hooks').select('id').where('id', '=', hook.id).forUpdate().execute();
      release.resolve(undefined);
      await until(async () => (await waiting()) > 0, 'the resending waits for the hook');
      await tx.deleteFrom('hooks').where('id', '=', hook.id).execute();
    });
    expect(await Promise.allSettled([sent, deleted])).toMatchObject([
      { status: 'rejected', reason: { code: 'not_found' } },
      { status: 'fulfilled' },
    ]);
  });

  it('follows a redirect with the body', async () => {
    const receiver = await httpReceiver((request, response) => {
      if (request.url === '/') response.writeHead(301, { location: '/there' });
      response.end(request.method);
    });
    const hook = await addHook(app, { url: `http://${receiver.host}/` });
    expect(await deliverNow(app.parts, hook, REQUEST)).toMatchObject({ kind: 'answered', status: 200, body: 'POST' });
  });

  it('follows one to another server with the body and the signature, without what is secret', async () => {
    const other = await httpReceiver((request, response) => void request.pipe(response));
    const receiver = await httpReceiver((_request, response) =>
      response.writeHead(301, { location: `http://${other.host}/` }).end(),
    );
    const hook = await addHook(app, {
      url: `http://ada:pw@${receiver.host}/`,
      token: 'secret-token',
      customHeaders: { 'X-Key': 'secret-key' },
      signingToken: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    });
    const body = JSON.stringify(REQUEST.payload);
    expect(await deliverNow(app.parts, hook, REQUEST)).toMatchObject({ kind: 'answered', status: 200, body });
    const [first, last] = [receiver.requests[0], other.requests[0]];
    expect(first?.headers).toMatchObject({
      authorization: 'Basic YWRhOnB3',
      'x-gitlab-token': 'secret-token',
      'x-key': 'secret-key',
    });
    expect(last?.method).toBe('POST');
    for (const name of ['content-type', 'x-gitlab-event', 'idempotency-key', 'webhook-id', 'webhook-signature']) {
      expect(last?.headers[name], name).toBe(first?.headers[name]);
    }
    for (const name of ['authorization', 'x-gitlab-token', 'x-key'])
      expect(last?.headers, name).not.toHaveProperty(name);
  });
});
