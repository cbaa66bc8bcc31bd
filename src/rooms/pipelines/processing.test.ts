import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAILED } from '../../../test/support/fake-runner.ts';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

describe('stages', () => {
  it('run one after the other, jobs of one stage together', async () => {
    const { pipeline, runner } = await app.scene(`
stages: [build, test]
t: { stage: test, script: t }
a: { stage: build, script: a }
b: { stage: build, script: b }
`);
    expect(await pipeline.statuses()).toEqual({ a: 'pending', b: 'pending', t: 'created' });
    const a = await runner.mustTake('a');
    await a.start();
    await a.succeed();
    expect(await pipeline.statuses()).toEqual({ a: 'success', b: 'pending', t: 'created' });
    expect(await runner.work()).toEqual(['b', 't']);
    expect(await pipeline.status()).toBe('success');
  });

  it('skip what comes after a failure, but for on_failure and always', async () => {
    const { pipeline, runner } = await app.scene(`
stages: [build, test, end]
a: { stage: build, script: a }
b: { stage: test, script: b }
rescue: { stage: test, script: r, when: on_failure }
report: { stage: end, script: r, when: always }
later: { stage: end, script: r, when: on_failure }
`);
    expect(await runner.work({ a: FAILED })).toEqual(['a', 'rescue', 'report', 'later']);
    expect(await pipeline.statuses()).toEqual({
      a: 'failed',
      b: 'skipped',
      rescue: 'success',
      report: 'success',
      later: 'success',
    });
    expect(await pipeline.status()).toBe('failed');
  });

  it('skip on_failure where nothing failed, or was allowed to', async () => {
    const { pipeline, runner } = await app.scene(`
stages: [build, test]
a: { stage: build, script: a, allow_failure: true }
rescue: { stage: test, script: r, when: on_failure }
b: { stage: test, script: b }
`);
    expect(await runner.work({ a: FAILED })).toEqual(['a', 'b']);
    expect(await pipeline.statuses()).toEqual({ a: 'failed', rescue: 'skipped', b: 'success' });
    expect(await pipeline.status()).toBe('success');
  });

  it('know .pre and .post', async () => {
    const { runner } = await app.scene(`
stages: [build]
last: { stage: .post, script: l }
a: { stage: build, script: a }
first: { stage: .pre, script: f }
`);
    expect(await runner.work()).toEqual(['first', 'a', 'last']);
  });
});

describe('needs', () => {
  it('let a job start as soon as they are done, and make it wait for nothing else', async () => {
    const { pipeline, runner } = await app.scene(`
stages: [build, test, deploy]
slow: { stage: build, script: s }
fast: { stage: build, script: f }
unit: { stage: test, script: u, needs: [fast] }
ship: { stage: deploy, script: d, needs: [unit] }
now: { stage: deploy, script: n, needs: [] }
`);
    expect(await pipeline.statuses()).toEqual({
      slow: 'pending',
      fast: 'pending',
      unit: 'created',
      ship: 'created',
      now: 'pending',
    });
    const slow = await runner.mustTake('slow');
    await slow.start();
    expect(await runner.work()).toEqual(['fast', 'unit', 'ship', 'now']);
    expect(await pipeline.status()).toBe('running');
    await slow.fail();
    expect(await pipeline.statuses()).toMatchObject({ slow: 'failed', ship: 'success' });
    expect(await pipeline.status()).toBe('failed');
  });

  it('that failed skip what needs them, also through others', async () => {
    const { pipeline, runner } = await app.scene(`
a: { script: a }
b: { script: b, needs: [a] }
c: { script: c, needs: [b] }
d: { script: d, needs: [a], when: always }
e: { script: e, needs: [a], when: on_failure }
`);
    expect((await runner.work({ a: FAILED })).toSorted()).toEqual(['a', 'd', 'e']);
    expect(await pipeline.statuses()).toEqual({ a: 'failed', b: 'skipped', c: 'skipped', d: 'success', e: 'success' });
  });

  it('that are optional and missing do not hold it up', async () => {
    const { runner } = await app.scene(`
a: { script: a, rules: [{ if: $NEVER }] }
b: { script: b, needs: [{ job: a, optional: true }] }
`);
    expect(await runner.work()).toEqual(['b']);
  });
});

describe('allow_failure', () => {
  it('by exit code: only these codes are allowed', async () => {
    const config = `
stages: [one, two]
a: { stage: one, script: a, allow_failure: { exit_codes: [3, 42] } }
b: { stage: two, script: b }
`;
    for (const [exit, status, warned] of [
      [42, 'success', 'Warning'],
      [1, 'failed', 'Failed'],
    ] as const) {
      const { pipeline, runner } = await app.scene(config);
      await runner.work({ a: { exit } });
      const answer = await pipeline.get();
      expect([answer.at('status'), answer.at('detailed_status', 'text')]).toEqual([status, warned]);
      expect((await pipeline.job('a')).at('allow_failure')).toBe(exit === 42);
      expect((await pipeline.statuses())['b']).toBe(status === 'success' ? 'success' : 'skipped');
    }
  });

  it('by exit code is asked anew of each attempt', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a, allow_failure: { exit_codes: 3 } }\n');
    await runner.work({ a: { exit: 3 } });
    expect(await pipeline.status()).toBe('success');
    await pipeline.post('a', 'retry');
    await runner.work({ a: { exit: 4 } });
    expect(await pipeline.status()).toBe('failed');
  });
});

describe('manual jobs', () => {
  it('block what comes after, unless they may fail', async () => {
    const blocking = await app.scene(`
stages: [one, two]
gate: { stage: one, script: g, when: manual, allow_failure: false }
b: { stage: two, script: b }
`);
    expect(await blocking.runner.work()).toEqual([]);
    expect(await blocking.pipeline.status()).toBe('manual');
    expect((await blocking.pipeline.get()).at('detailed_status')).toMatchObject({
      text: 'Blocked',
      label: 'waiting for manual action',
    });
    await blocking.pipeline.post('gate', 'play');
    expect(await blocking.runner.work()).toEqual(['gate', 'b']);
    expect(await blocking.pipeline.status()).toBe('success');

    const optional = await app.scene(`
stages: [one, two]
gate: { stage: one, script: g, when: manual }
b: { stage: two, script: b }
`);
    expect(await optional.runner.work()).toEqual(['b']);
    expect(await optional.pipeline.statuses()).toEqual({ gate: 'manual', b: 'success' });
    expect(await optional.pipeline.status()).toBe('success');
  });

  it('alone leave the pipeline skipped until they are played', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a, when: manual }\n');
    expect(await pipeline.status()).toBe('skipped');
    await pipeline.post('a', 'play');
    expect(await runner.work()).toEqual(['a']);
    expect(await pipeline.status()).toBe('success');
  });

  it('free what was skipped because of them', async () => {
    const { pipeline, runner } = await app.scene(`
gate: { script: g, when: manual }
after: { script: a, needs: [gate] }
`);
    expect(await pipeline.statuses()).toEqual({ gate: 'manual', after: 'skipped' });
    await pipeline.post('gate', 'play');
    expect(await runner.work()).toEqual(['gate', 'after']);
  });

  it('wait again after a retry of the pipeline, and start at once after their own', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a, when: manual, allow_failure: false }\n');
    await pipeline.post('a', 'play');
    await runner.work({ a: FAILED });
    await pipeline.call('POST', '/retry');
    expect(await pipeline.statuses()).toEqual({ a: 'manual' });
    await pipeline.post('a', 'play');
    await runner.work({ a: FAILED });
    await pipeline.post('a', 'retry');
    expect(await pipeline.statuses()).toEqual({ a: 'pending' });
  });
});

describe('retry', () => {
  const CONFIG = `
stages: [one, two, three]
ok: { stage: one, script: o }
bad: { stage: one, script: b }
next: { stage: two, script: n }
last: { stage: three, script: l, needs: [next] }
`;

  it('of a job frees what was skipped because of it', async () => {
    const { pipeline, runner } = await app.scene(CONFIG);
    await runner.work({ bad: FAILED });
    expect(await pipeline.statuses()).toEqual({ ok: 'success', bad: 'failed', next: 'skipped', last: 'skipped' });
    const before = await pipeline.get();
    app.clock.advance(5);
    await pipeline.post('bad', 'retry');
    expect(await pipeline.statuses()).toEqual({ ok: 'success', next: 'created', last: 'created', bad: 'pending' });
    expect((await pipeline.get()).body).toMatchObject({
      status: 'running',
      finished_at: null,
      started_at: before.at('started_at'),
    });
    expect(await runner.work()).toEqual(['bad', 'next', 'last']);
    expect(await pipeline.status()).toBe('success');
  });

  it('of a pipeline retries what failed or was canceled, and nothing else', async () => {
    const { pipeline, runner } = await app.scene(CONFIG);
    await runner.work({ bad: FAILED });
    expect((await pipeline.call('POST', '/retry')).status).toBe(201);
    expect(await runner.work()).toEqual(['bad', 'next', 'last']);
    expect((await pipeline.jobs({ retried: true })).map((job) => job.at('name'))).toEqual([
      'ok',
      'bad',
      'next',
      'last',
      'bad',
    ]);
    const again = await pipeline.call('POST', '/retry');
    expect([again.status, again.at('status')]).toEqual([201, 'success']);
    expect(await runner.take()).toBeUndefined();
  });

  it('of a canceled pipeline starts it again', async () => {
    const { pipeline, runner } = await app.scene(CONFIG);
    await pipeline.call('POST', '/cancel');
    expect(await pipeline.statuses()).toEqual({ ok: 'canceled', bad: 'canceled', next: 'canceled', last: 'canceled' });
    expect((await pipeline.call('POST', '/retry')).at('status')).toBe('running');
    expect(await runner.work()).toEqual(['ok', 'bad', 'next', 'last']);
    expect(await pipeline.status()).toBe('success');
  });
});

describe('automatic retries', () => {
  it('as many as max says, each a row of its own', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a, retry: 2 }\n');
    expect(await runner.work({ a: FAILED })).toEqual(['a', 'a', 'a']);
    expect(await pipeline.status()).toBe('failed');
    const attempts = await pipeline.jobs({ retried: true });
    expect(attempts.map((job) => job.at('status'))).toEqual(['failed', 'failed', 'failed']);
    expect(await pipeline.jobs()).toHaveLength(1);
  });

  it('until one succeeds', async () => {
    const { pipeline, runner } = await app.scene(
      'stages: [one, two]\na: { stage: one, script: a, retry: 2 }\nb: { stage: two, script: b }\n',
    );
    expect(await runner.work({ a: [FAILED, 'success'] })).toEqual(['a', 'a', 'b']);
    expect(await pipeline.status()).toBe('success');
  });

  it('for the reasons and exit codes that are named', async () => {
    const config = `
reason: { script: a, retry: { max: 1, when: [runner_system_failure] } }
code: { script: a, retry: { max: 1, exit_codes: [137] } }
`;
    const { runner } = await app.scene(config);
    const names = await runner.work({
      reason: [{ reason: 'runner_system_failure' }, { reason: 'script_failure', exit: 1 }],
      code: [{ exit: 137 }, { exit: 1 }],
    });
    expect(names.toSorted()).toEqual(['code', 'code', 'reason', 'reason']);
    const other = await app.scene(config);
    expect((await other.runner.work({ reason: FAILED, code: FAILED })).toSorted()).toEqual(['code', 'reason']);
  });

  it('begin only when the attempt is over for everybody: the failed row never blocks the next', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a, retry: 1 }\nb: { script: b, needs: [a] }\n');
    const first = await runner.mustTake('a');
    await first.start();
    await first.fail();
    expect(await pipeline.statuses()).toEqual({ b: 'created', a: 'pending' });
    expect((await first.put('success')).status).toBe(403);
    const second = await runner.mustTake('a');
    expect(second.token).not.toBe(first.token);
    await second.start();
    await second.succeed();
    expect(await runner.work()).toEqual(['b']);
  });
});

describe('delayed jobs', () => {
  it('start when their time has come, and the stages after them wait', async () => {
    const { pipeline, runner } = await app.scene(`
stages: [one, two, three]
a: { stage: one, script: a }
b: { stage: two, script: b }
c: { stage: three, script: c }
`);
    // The language does not have `when: delayed` yet; processing does.
    await app.db
      .updateTable('jobs')
      .set({ when_: 'delayed', start_in: 600 })
      .where('name', '=', 'b')
      .where('pipeline_id', '=', pipeline.id)
      .execute();
    expect(await runner.work()).toEqual(['a']);
    expect(await pipeline.statuses()).toEqual({ a: 'success', b: 'scheduled', c: 'created' });
    expect(await pipeline.status()).toBe('scheduled');
    app.clock.advance(599);
    await app.tick('overdue jobs');
    expect(await runner.take()).toBeUndefined();
    app.clock.advance(1);
    await app.tick('overdue jobs');
    expect(await runner.work()).toEqual(['b', 'c']);
    expect(await pipeline.status()).toBe('success');
  });
});
