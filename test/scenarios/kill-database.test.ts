import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KillCampaign, MOMENTS, WHOLE_LOG } from '../support/kill-campaign.ts';
import { PenstockProcess } from '../support/penstock-process.ts';

describe("kill -9 of the embedded database's process in the middle of a pipeline", { timeout: 120_000 }, () => {
  let server: PenstockProcess;
  let campaign: KillCampaign;

  beforeAll(async () => {
    server = new PenstockProcess();
    await server.start();
    campaign = new KillCampaign(server);
    await campaign.prepare();
  });

  afterAll(() => server.dispose());

  const killDatabase = async (): Promise<void> => {
    const pid = Number(
      readFileSync(join(server.dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0],
    );
    execFileSync('kill', ['-9', String(pid)]);
  };

  it.each([MOMENTS[1], MOMENTS[3], MOMENTS[5], MOMENTS[8]])(
    '$name: it comes back and the pipeline ends right',
    async (moment) => {
      if (moment === undefined) throw new Error('no moment');
      const outcome = await campaign.run(moment, killDatabase);
      expect(outcome.status).toBe('success');
      for (const [name, ids] of Object.entries(outcome.ran)) {
        expect(ids, name).toHaveLength(1);
        expect(outcome.lines[name], name).toEqual(WHOLE_LOG);
      }
    },
  );

  it('database and server at the same moment', async () => {
    const [, , , moment] = MOMENTS;
    if (moment === undefined) throw new Error('no moment');
    const outcome = await campaign.run(moment, async () => {
      await killDatabase();
      await server.kill();
      await server.start();
    });
    expect(outcome.status).toBe('success');
    for (const lines of Object.values(outcome.lines)) expect(lines).toEqual(WHOLE_LOG);
  });
});
