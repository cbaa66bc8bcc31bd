import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { databaseUrl, startEmbeddedPostgres } from '../src/platform/postgres/index.ts';
import { type BenchProject, call, makeBenchProject, trigger } from './bench-project.ts';
import { type BenchServer, makeDataDir, removeDataDir, startBenchServer } from './bench-server.ts';
import { compare, heading, line, ms, percentile } from './figures.ts';

/**
 * `npm run bench:hooks`: how much later a pipeline is over because 1 and 50 hooks hear of it, beside none, in one run; how
 * soon they hear of it; and how many deliveries a second go to a receiver on this machine.
 */
const QUIET = { info: () => undefined, warn: () => undefined };
const ROUNDS = 50;
const WARM = 5;
const CONFIG = 'only:\n  tags: [bench]\n  script:\n    - "true"\n';

/** Takes everything, and counts it. */
const startReceiver = async () => {
  const arrived: number[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      arrived.push(performance.now());
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const untilArrived = async (count: number): Promise<void> => {
    while (arrived.length < count) await pause(2);
  };
  return { url: `http://127.0.0.1:${address.port}/`, arrived, untilArrived, close: () => server.close() };
};

type BenchReceiver = Awaited<ReturnType<typeof startReceiver>>;

/** A project with so many hooks for the end of its pipelines, and a runner of its own. */
interface Place {
  readonly hooks: number;
  readonly project: BenchProject;
  readonly runner: string;
  readonly put: number[];
  readonly over: number[];
  readonly heard: number[];
}

const makePlace = async (server: BenchServer, receiver: BenchReceiver, hooks: number): Promise<Place> => {
  const project = await makeBenchProject(server, `bench-hooks-${hooks}`, CONFIG);
  for (let index = 0; index < hooks; index += 1) {
    const settings = { url: `${receiver.url}${index}`, push_events: false, pipeline_events: true, job_events: true };
    await call(server, 'POST', `/projects/${project.id}/hooks`, settings);
  }
  const { token } = await call<{ readonly token: string }>(server, 'POST', '/user/runners', {
    runner_type: 'project_type',
    project_id: project.id,
    tag_list: 'bench',
  });
  return { hooks, project, runner: token, put: [], over: [], heard: [] };
};

interface ClaimedJob {
  readonly id: number;
  readonly token: string;
}

/** Waits until nothing is sent any more. */
const untilQuiet = async (receiver: BenchReceiver): Promise<void> => {
  for (let last = -1; last !== receiver.arrived.length; ) {
    last = receiver.arrived.length;
    await pause(100);
  }
};

/** One pipeline of one job; what its end takes. */
const finishOne = async (
  server: BenchServer,
  receiver: BenchReceiver,
  place: Place,
  isCounted: boolean,
): Promise<void> => {
  const pipeline = await trigger(server, place.project);
  const features = { refspecs: true };
  const info = {
    name: 'bench',
    version: '19.4.0',
    platform: 'linux',
    architecture: 'amd64',
    executor: 'shell',
    features,
  };
  const job = await call<ClaimedJob>(server, 'POST', '/jobs/request', { token: place.runner, info });
  await call(server, 'PUT', `/jobs/${job.id}`, { token: job.token, state: 'running' });
  await untilQuiet(receiver);
  const before = receiver.arrived.length;
  const began = performance.now();
  await call(server, 'PUT', `/jobs/${job.id}`, { token: job.token, state: 'success', exit_code: 0 });
  const put = performance.now() - began;
  const path = `/projects/${place.project.id}/pipelines/${pipeline}`;
  while ((await call<{ readonly status: string }>(server, 'GET', path)).status !== 'success') await pause(1);
  const over = performance.now() - began;
  // The job's end and the pipeline's.
  await receiver.untilArrived(before + 2 * place.hooks);
  if (!isCounted) return;
  place.put.push(put);
  place.over.push(over);
  const last = receiver.arrived.at(-1);
  if (place.hooks > 0 && last !== undefined) place.heard.push(last - began);
};

const sorted = (times: readonly number[]): readonly number[] => times.toSorted((one, other) => one - other);

const benchFinish = async (server: BenchServer, receiver: BenchReceiver): Promise<void> => {
  heading('the end of a pipeline with hooks for pipelines and jobs, beside none (aim: under 5 ms more for 50)');
  const settings = { allow_local_requests_from_web_hooks_and_services: true };
  await call(server, 'PUT', '/application/settings', settings);
  const places: Place[] = [];
  for (const hooks of [0, 1, 50]) places.push(await makePlace(server, receiver, hooks));
  for (let round = 0; round < ROUNDS + WARM; round += 1) {
    for (const place of places) await finishOne(server, receiver, place, round >= WARM);
  }
  const [none] = places;
  for (const { hooks, put, over, heard } of places) {
    if (none === undefined || hooks === 0) continue;
    compare(`${hooks} hooks: the runner's last PUT`, sorted(put), sorted(none.put));
    compare(`${hooks} hooks: the pipeline is over`, sorted(over), sorted(none.over));
    const more = percentile(sorted(over), 0.5) - percentile(sorted(none.over), 0.5);
    line(
      '',
      `p50 ${more.toFixed(1)} ms more; the last hook has heard of it after p50 ${ms(percentile(sorted(heard), 0.5))}`,
    );
  }
};

/** Deliveries as the numbering of events leaves them, written by hand: making the events is not what is measured. */
const benchRate = async (
  server: BenchServer,
  receiver: BenchReceiver,
  client: Client,
  { hooks, each }: { readonly hooks: number; readonly each: number },
): Promise<void> => {
  const ids: number[] = [];
  for (let index = 0; index < hooks; index += 1) {
    const { id } = await call<{ readonly id: number }>(server, 'POST', '/hooks', { url: `${receiver.url}rate` });
    ids.push(id);
  }
  const before = receiver.arrived.length;
  await client.query(
    `insert into hook_deliveries (hook_id, subject, idempotency_key, payload, state, next_attempt_at, created_at)
     select hook, 'project:' || number % 50, gen_random_uuid(), $2, 'pending', now(), now()
     from generate_series(1, $3) as number, unnest($1::bigint[]) as hook order by number`,
    [ids, JSON.stringify({ event_name: 'project_update', text: 'x'.repeat(1500) }), each],
  );
  await receiver.untilArrived(before + hooks * each);
  const [first = 0, last = 0] = [receiver.arrived[before], receiver.arrived.at(-1)];
  const rate = ((hooks * each - 1) / (last - first)) * 1000;
  line(`${hooks} endpoints, ${each} events each`, `${rate.toFixed(0)} deliveries a second`);
  for (const id of ids) await call(server, 'DELETE', `/hooks/${id}`);
};

const dataDir = await makeDataDir();
const server = await startBenchServer(dataDir);
const embedded = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), log: QUIET, exclusive: false });
const client = new Client(databaseUrl(embedded.connection));
const receiver = await startReceiver();
try {
  await client.connect();
  await benchFinish(server, receiver);
  heading('deliveries to a receiver on this machine, each written down');
  for (const load of [
    { hooks: 1, each: 2000 },
    { hooks: 10, each: 500 },
    { hooks: 50, each: 100 },
  ]) {
    await benchRate(server, receiver, client, load);
  }
} finally {
  receiver.close();
  await client.end();
  await embedded.stop();
  await server.stop();
  await removeDataDir(dataDir);
}
