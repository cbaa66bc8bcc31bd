import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KillOutcome } from '../support/kill-campaign.ts';
import { KillCampaign, MOMENTS, WHOLE_LOG } from '../support/kill-campaign.ts';
import { PenstockProcess } from '../support/penstock-process.ts';

/** The pipeline succeeded as if nothing had been: each job ran once and its log has no hole. */
function expectUnharmed(outcome: KillOutcome): void {
  expect(outcome.status).toBe('success');
  expect(outcome.jobs).toHaveLength(Object.keys(outcome.ran).length);
  for (const job of outcome.jobs) {
    expect(job).toMatchObject({ name: job.name, status: 'success' });
    expect(outcome.ran[job.name], job.name).toEqual([job.id]);
    expect(outcome.lines[job.name], job.name).toEqual(WHOLE_LOG);
  }
}

/** Milliseconds. A claim whose answer was lost goes back to the queue only after a while. */
const PATIENCE = 120_000;

describe('kill -9 of the server in the middle of a pipeline', { timeout: PATIENCE }, () => {
  let server: PenstockProcess;
  let campaign: KillCampaign;

  beforeAll(async () => {
    server = new PenstockProcess();
    await server.start();
    campaign = new KillCampaign(server);
    await campaign.prepare();
  });

  afterAll(() => server.dispose());

  it.each(MOMENTS)('$name: the pipeline ends right, each job ran once, no log has a hole', async (moment) => {
    expectUnharmed(
      await campaign.run(moment, async () => {
        await server.kill();
        await server.start();
      }),
    );
  });

  it('the runner dies with it: its jobs fail with a true reason and can be retried', async () => {
    const [, , moment] = MOMENTS;
    if (moment === undefined) throw new Error('no moment');
    const outcome = await campaign.run(moment, async () => {
      await server.killRunner();
      await server.kill();
      await server.start();
    });
    expect(outcome.status).toBe('failed');
    const failed = outcome.jobs.filter((job) => job.status === 'failed');
    expect(failed.map((job) => job.name).toSorted()).toEqual(['build-a', 'build-b']);
    for (const job of failed) expect(job.failure_reason).toBe('runner_system_failure');
    const retried = await campaign.retry(outcome);
    expect(retried.status).toBe('success');
    for (const lines of Object.values(retried.lines)) expect(lines).toEqual(WHOLE_LOG);
  });
});
