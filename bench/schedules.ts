import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { findZone, nextRun, parseCron } from '../src/kit/cron/index.ts';
import { databaseUrl, startEmbeddedPostgres } from '../src/platform/postgres/index.ts';
import { call, configOf, makeBenchProject } from './bench-project.ts';
import type { BenchServer } from './bench-server.ts';
import { makeDataDir, removeDataDir, startBenchServer } from './bench-server.ts';
import { compare, heading, line, measure, ms, percentile } from './figures.ts';

/**
 * `npm run bench:schedules [count …]`: how long after their minute the pipelines of 1, 1,000 and 10,000 schedules of one
 * project and the same minute are there, what the API's answers take meanwhile beside a quiet server, and how fast next runs
 * are computed.
 */
const QUIET = { info: () => undefined, warn: () => undefined };
const MINUTE = 60_000;
/** Milliseconds after which a run that has not ended is left. */
const PATIENCE = 120_000;

/** Schedules of one minute, planned by hand: making 10,000 through the API is not what is measured. */
async function planAt(client: Client, projectId: number, count: number, at: Date): Promise<void> {
  await client.query('delete from pipeline_schedules');
  await client.query(
    `insert into pipeline_schedules
       (project_id, owner_id, description, ref, cron, cron_timezone, active, next_run_at, created_at, updated_at)
     select $1, 1, 'bench ' || number, 'refs/heads/main', $2, 'UTC', true, $3, now(), now() from generate_series(1, $4) as number`,
    [projectId, `${at.getUTCMinutes()} ${at.getUTCHours()} * * *`, at, count],
  );
}

const decided = async (client: Client): Promise<number> => {
  const { rows } = await client.query(`select count(*)::int as count from schedule_ticks where state <> 'planned'`);
  return Number(rows[0].count);
};

async function benchLag(server: BenchServer, client: Client, projectId: number, count: number): Promise<void> {
  const version = (): Promise<void> => call(server, 'GET', '/version').then(() => undefined);
  const quiet = await measure(200, 1, version);
  const at = new Date(Math.ceil((Date.now() + 3000) / MINUTE) * MINUTE);
  await planAt(client, projectId, count, at);
  await pause(at.getTime() - Date.now());
  const busy: number[] = [];
  while ((await decided(client)) < count && Date.now() < at.getTime() + PATIENCE) {
    busy.push(...(await measure(5, 1, version)).times);
    await pause(50);
  }
  const { rows } = await client.query<{ lag: number }>(
    'select extract(epoch from decided_at - due_at)::float8 * 1000 as lag from schedule_ticks where pipeline_id is not null order by 1',
  );
  const lags = rows.map(({ lag }) => lag);
  const rate = (lags.length / (lags.at(-1) ?? Number.NaN)) * 1000;
  line(
    `${count} schedules`,
    `lag p50 ${ms(percentile(lags, 0.5))}   p99 ${ms(percentile(lags, 0.99))}   ${rate.toFixed(0)} pipelines a second`,
  );
  if (lags.length < count) line('', `only ${lags.length} of them in ${PATIENCE / 1000} s`);
  compare(
    '  GET /version meanwhile',
    busy.toSorted((one, other) => one - other),
    quiet.times,
  );
}

function benchNextRuns(): void {
  heading('next runs');
  for (const [text, name] of [
    ['*/5 * * * *', 'UTC'],
    ['30 2 * * *', 'Europe/Berlin'],
    ['0 9 * * mon#1', 'America/New_York'],
  ] as const) {
    const parsed = parseCron(text, { hashSeed: '1' });
    const zone = findZone(name);
    if (parsed.kind !== 'cron' || zone === undefined) throw new Error(text);
    const began = performance.now();
    let at: Date | undefined = new Date('2026-01-01T00:00:00Z');
    let count = 0;
    for (; at !== undefined && count < 20_000; count += 1) at = nextRun(parsed.cron, zone, at);
    line(`${text} ${name}`, `${((count / (performance.now() - began)) * 1000).toFixed(0)} a second`);
  }
}

benchNextRuns();
heading('lag: from the minute to the pipeline (aim: p99 under 1 s at 1,000)');
const dataDir = await makeDataDir();
const server = await startBenchServer(dataDir);
const embedded = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), log: QUIET, exclusive: false });
const client = new Client(databaseUrl(embedded.connection));
try {
  await client.connect();
  const { id } = await makeBenchProject(server, 'bench', configOf(1).replaceAll('"trigger"', '"schedule"'));
  const counts = process.argv.slice(2).map(Number);
  for (const count of counts.length > 0 ? counts : [1, 1000, 10_000]) await benchLag(server, client, id, count);
} finally {
  await client.end();
  await embedded.stop();
  await server.stop();
  await removeDataDir(dataDir);
}
