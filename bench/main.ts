import { setTimeout as pause } from 'node:timers/promises';
import { makeDataDir, removeDataDir, startBenchServer } from './bench-server.ts';
import { heading, line, ms } from './figures.ts';
import { benchFirstOutput } from './first-output-bench.ts';
import { memoryOfServer } from './memory.ts';
import { benchTriggers } from './trigger-bench.ts';

/** `npm run bench`: one run, every figure beside the same machine's bare cost where there is one. */
const dataDir = await makeDataDir();
try {
  heading('time to ready (process start → listening)');
  const first = await startBenchServer(dataDir);
  line('first start (makes the database)', ms(first.readyAfter));
  await first.stop();
  const second = await startBenchServer(dataDir, first.token);
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
  await second.stop();
} finally {
  await removeDataDir(dataDir);
}
