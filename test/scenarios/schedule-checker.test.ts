import { type ChildProcess, spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUGIT_DST, findZone, parseCron, runsBetween } from '../../src/kit/cron/index.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import type { TestProject } from '../support/test-project.ts';
import { until } from '../support/until.ts';

const WORKER = join(import.meta.dirname, '../support/start-schedule-worker.ts');
/** With the changes to summer time of America and of Europe. */
const START = Date.parse('2026-03-02T00:00:30Z');
const END = Date.parse('2026-04-01T00:00:30Z');
const MINUTE = 60_000;

const LIVE = 15;
const SCHEDULES = 300;
const FAULTS = 20;

const CRONS = [
  '30 2 * * *',
  '15 1 * * *',
  '0 3 * * mon-fri',
  '59 23 * * *',
  '0 0 * * *',
  '45 2 * * sun',
  '5 */12 * * *',
  '0 12 L * *',
  '20 4 1,15 * *',
  '0 6 * * 1#2',
];
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Seoul', 'Australia/Lord_Howe', 'Berlin'];

/** Numbers that look random and are the same in each run. */
const random = (() => {
  let state = 20_260_302;
  return (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
})();

let app: TestApp;
let live: TestProject;
let asleep: TestProject;
const schedules = new Map<number, { readonly cron: string; readonly zone: string }>();
const workers: ChildProcess[] = [];
let clockFile: string;

const setClock = (now: number): void => {
  app.clock.advance((now - app.clock.now().getTime()) / 1000);
  writeFileSync(`${clockFile}.new`, String(now));
  renameSync(`${clockFile}.new`, clockFile);
};

const startWorker = (slot: number): void => {
  const { connection } = app.database;
  workers[slot] = spawn(process.execPath, [WORKER, JSON.stringify(connection), app.dataDir, clockFile], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

const addSchedules = async (project: TestProject, count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) {
    const cron = CRONS[schedules.size % CRONS.length] ?? '';
    const zone = ZONES[Math.floor(schedules.size / CRONS.length) % ZONES.length] ?? '';
    const json = { description: `${cron} ${zone}`, ref: 'main', cron, cron_timezone: zone };
    const id = (await project.call('POST', '/pipeline_schedules', { json })).must(201).number('id');
    schedules.set(id, { cron, zone });
  }
  // Every planned tick is to be a run, also where a server was killed.
  await sql`update pipeline_schedules set catch_up = 'all'`.execute(app.db);
};

/**
 * Nothing is due that somebody could decide now. What a killed worker took waits for its lease, and what a paused one has
 * locked waits for it.
 */
const hasCaughtUp = async (): Promise<boolean> => {
  const now = app.clock.now();
  const planned = await sql`
    select id from pipeline_schedules where active and next_run_at <= ${now} limit 1 for update skip locked`.execute(
    app.db,
  );
  const open = await sql`
    select id from schedule_ticks
    where state = 'planned' and due_at <= ${now} and (leased_until is null or leased_until <= ${now})
    limit 1 for update skip locked`.execute(app.db);
  return planned.rows.length + open.rows.length === 0;
};

/** Nothing is due at all. */
const isDone = async (): Promise<boolean> => {
  const now = app.clock.now();
  const { rows } = await sql<{ open: number }>`
    select (select count(*) from pipeline_schedules where active and next_run_at <= ${now})::int
      + (select count(*) from schedule_ticks where state = 'planned' and due_at <= ${now})::int as open`.execute(
    app.db,
  );
  return rows[0]?.open === 0;
};

const kill = async (slot: number): Promise<void> => {
  workers[slot]?.kill('SIGKILL');
  startWorker(slot);
};

/** Past its lease: what it held has been done by the other when it goes on. */
const pauseWorker = (slot: number): (() => void) => {
  workers[slot]?.kill('SIGSTOP');
  return () => workers[slot]?.kill('SIGCONT');
};

beforeAll(async () => {
  app = await startTestApp();
  clockFile = join(app.dataDir, 'clock');
  setClock(START);
  live = await app.addProject('a: { script: a }\n');
  asleep = await app.addProject('a: { script: a }\n');
  await addSchedules(live, LIVE);
  await addSchedules(asleep, SCHEDULES - LIVE);
  (await asleep.call('POST', '/archive')).must(201);
  startWorker(0);
  startWorker(1);
}, 60_000);

afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await app.close();
});

describe('300 schedules, two servers, a month with two changes to summer time, kills and pauses', () => {
  it('gives every planned time one run or one row with a reason, and none twice', { timeout: 180_000 }, async () => {
    const faultAt = new Set(Array.from({ length: FAULTS }, () => Math.floor(random() * 300)));
    const resume: (() => void)[] = [];
    let now = START;
    for (let step = 0; now < END; step += 1) {
      now = Math.min(END, now + Math.floor(30 + random() * 240) * MINUTE);
      setClock(now);
      for (const wake of resume.splice(0)) wake();
      if (faultAt.has(step)) {
        const slot = step % 2;
        if (random() < 0.6) await kill(slot);
        else resume.push(pauseWorker(slot));
      }
      await until(hasCaughtUp, 'the servers to catch up', 60_000);
    }
    for (const wake of resume) wake();
    // Leases of the dead end.
    setClock(now + 2 * MINUTE);
    await until(isDone, 'the servers to end', 60_000);
    await checkLedger();
  });
});

interface Row {
  readonly id: number;
  readonly schedule_id: number;
  readonly planned_at: Date;
  readonly state: string;
  readonly reason: string | null;
  readonly pipeline_id: number | null;
}

const expectedOf = (
  id: number,
  { cron, zone }: { readonly cron: string; readonly zone: string },
): readonly number[] => {
  const parsed = parseCron(cron, { hashSeed: String(id) });
  const iana = findZone(zone);
  if (parsed.kind !== 'cron' || iana === undefined) throw new Error(`${cron} ${zone}`);
  return [...runsBetween(parsed.cron, iana, new Date(START), new Date(END), FUGIT_DST)].map((run) => run.getTime());
};

const checkLedger = async (): Promise<void> => {
  const { rows } =
    await sql<Row>`select * from schedule_ticks where planned_at <= ${new Date(END)} order by planned_at`.execute(
      app.db,
    );
  const expected = [...schedules].flatMap(([id, schedule]) => expectedOf(id, schedule).map((time) => `${id} ${time}`));
  expect(rows.map((row) => `${row.schedule_id} ${row.planned_at.getTime()}`).toSorted()).toEqual(expected.toSorted());
  expect(rows.length).toBeGreaterThan(5000);
  expect(rows.length).toBeLessThan(10_000);
  expect(rows.filter(({ state }) => state === 'planned')).toEqual([]);
  const runs = rows.filter(({ state }) => state === 'started' || state === 'late');
  const others = rows.filter((row) => !runs.includes(row));
  expect(others.filter(({ reason, pipeline_id: id }) => reason === null || id !== null)).toEqual([]);
  expect(others.every(({ state }) => state === 'skipped')).toBe(true);
  // Each run has a pipeline of its own, and no pipeline is without a run.
  const pipelines = await app.db
    .selectFrom('pipelines')
    .select(['id', 'schedule_id'])
    .where('source', '=', 'schedule')
    .execute();
  const ofRuns = runs.map((row) => `${row.pipeline_id} ${row.schedule_id}`);
  expect(ofRuns.toSorted()).toEqual(pipelines.map((row) => `${row.id} ${row.schedule_id}`).toSorted());
  expect(runs.length).toBeGreaterThan(200);
};
