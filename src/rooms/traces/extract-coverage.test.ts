import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobServer } from '../../../test/support/job-server.ts';
import { startJobServer } from '../../../test/support/job-server.ts';
import type { PipelineId } from '../../kit/ids.ts';
import { extractCoverage } from './index.ts';

let server: JobServer;
let pipeline: PipelineId;

beforeAll(async () => {
  server = await startJobServer();
  const { user } = await server.addUser('ann');
  pipeline = await server.addPipeline(await server.addProject(user, 'shop'), 'running');
});
afterAll(() => server.close());

const coverage = async (log: string, coverageRegex?: string): Promise<number | undefined> => {
  const job = await server.addJob(pipeline, coverageRegex === undefined ? {} : { coverageRegex });
  const bytes = Buffer.from(log);
  for (let at = 0; at < bytes.length; at += 1_000_000) {
    await server.patch(job, at, bytes.subarray(at, at + 1_000_000));
  }
  return extractCoverage(server.deps, await server.getJob(job.id));
};

describe('extractCoverage', () => {
  it('finds the last match, wherever the pieces of the log end', async () => {
    const filler = `${'.'.repeat(79)}\n`;
    expect(
      await coverage(`1%\n${filler.repeat(3_000)}All files | 81.5%\n${filler.repeat(9_000)}`, '/\\d+\\.?\\d*%/'),
    ).toBe(81.5);
  });

  it('finds a match at every distance from the end', async () => {
    // Around the borders of the steps in which the log is searched backwards.
    for (const distance of [131_060, 131_066, 131_072, 131_078]) {
      expect(await coverage(`x\nCov: 42%\n${'.'.repeat(distance)}`, '/Cov: \\d+%/')).toBe(42);
    }
  });

  it('is undefined without an expression, a match or a log', async () => {
    expect(await coverage('50%')).toBeUndefined();
    expect(await coverage('fifty', '/\\d+%/')).toBeUndefined();
    expect(await coverage('', '/\\d+%/')).toBeUndefined();
  });

  it('looks at the end of a very long log only', async () => {
    expect(await coverage(`99%\n${'-'.repeat(5_000_000)}`, '/\\d+%/')).toBeUndefined();
  });
});
