import { setTimeout as pause } from 'node:timers/promises';
import type { BenchServer } from './bench-server.ts';
import { makeDataDir, removeDataDir, startBenchServer } from './bench-server.ts';
import { heading, line, ms } from './figures.ts';
import { benchFirstOutput } from './first-output-bench.ts';
import { memoryOfServer } from './memory.ts';
import { benchTriggers } from './trigger-bench.ts';

/** `npm run bench`: one run, every figure beside the same machine's bare cost where there is one. */
const dataDir = await makeDataDir();
const running = new Set<BenchServer>();

async function start(token?: string): Promise<BenchServer> {
  const server = await startBenchServer(dataDir, token);
  running.add(server);
  return server;
}

async function stop(server: BenchServer): Promise<void> {
  await server.stop();
  running.delete(server);
}

try {
  heading('time to ready (process start → listening)');
  const first = await start();
  line('first start (makes the database)', ms(first.readyAfter));
  await stop(first);
  const second = await start(first.token);
  line('later start', ms(second.readyAfter));

  heading('idle memory, PSS');
  await pause(3000);
  const processes = memoryOfServer(second.pid, dataDir);
  const total = processes.reduce((sum, one) => sum + one.pss, 0);
  line('all processes', `${total.toFixed(0)} MiB in ${processes.length} processes`);
  for (const one of processes.toSorted((a, b) => b.pss - a.pss).slice(0, 3)) {
    line(`  ${one.command.slice(0, 40)}`, `${one.pss.toFixed(0)} MiB`);
  }

  await benchTriggers(second);
  await benchFirstOutput(second);
  await stop(second);
} finally {
  for (const server of running) await stop(server);
  await removeDataDir(dataDir);
}
