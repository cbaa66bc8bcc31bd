import { join } from 'node:path';
import { databaseUrl, startEmbeddedPostgres } from '../src/platform/postgres/index.ts';
import { BareInsert } from './bare-insert.ts';
import { configOf, makeBenchProject, trigger } from './bench-project.ts';
import type { BenchServer } from './bench-server.ts';
import { compare, heading, line, measure } from './figures.ts';

const QUIET = { info: () => undefined, warn: () => undefined };

/** Trigger → 201 for a small and a large file, one after the other and 16 at once, beside the bare INSERTs. */
export async function benchTriggers(server: BenchServer): Promise<void> {
  heading('trigger → 201');
  const embedded = await startEmbeddedPostgres({
    dataDir: join(server.dataDir, 'postgres'),
    log: QUIET,
    exclusive: false,
  });
  try {
    for (const [jobs, count] of [
      [10, 300],
      [100, 120],
    ] as const) {
      const project = await makeBenchProject(server, `bench-${jobs}`, configOf(jobs));
      const first = await trigger(server, project);
      const bare = await BareInsert.of(databaseUrl(embedded.connection), first);
      for (let warm = 0; warm < 20; warm += 1) {
        await trigger(server, project);
        await bare.run();
      }
      for (const parallel of [1, 16]) {
        const own = await measure(count, parallel, async () => void (await trigger(server, project)));
        const cost = await measure(count, parallel, () => bare.run());
        const name = `${jobs} jobs, ${parallel === 1 ? 'one at a time' : `${parallel} at once`}`;
        compare(name, own.times, cost.times);
        line('', `${own.perSecond.toFixed(0)} pipelines/s (bare ${cost.perSecond.toFixed(0)}/s)`);
      }
      await bare.close();
    }
  } finally {
    await embedded.stop();
  }
}
