import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JOB_TOKEN, plainLog, Sandbox } from './testing/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.open();
});
afterEach(() => sandbox.close());

/** A command that waits until the file of that name appears in the sandbox. */
const waitFor = (name: string): string => `until [ -e ${sandbox.folder}/${name} ]; do sleep 0.02; done`;
const make = async (name: string): Promise<void> => {
  await writeFile(`${sandbox.folder}/${name}`, '');
};

const expectWhole = (job: {
  readonly log: Buffer;
  readonly updates: readonly { readonly checksum?: string }[];
}): void => {
  expect(job.updates.at(-1)?.checksum).toBe(`crc32:${crc32(job.log).toString(16).padStart(8, '0')}`);
};

describe('a server that goes away and comes back on its address', () => {
  it('gets the whole log without a hole, and one result', async () => {
    const { server } = sandbox;
    const script = ['echo one', waitFor('go'), 'for i in $(seq 200); do echo "line $i"; done', waitFor('end')];
    const job = sandbox.enqueue([...script, 'echo last']);
    await server.until(() => job.log.includes('one\n'));
    await server.close();
    await make('go');
    await server.open();
    await server.until(() => job.log.includes('line 200\n'));
    await server.close();
    await make('end');
    await server.open();
    expect(await server.untilFinished(job)).toMatchObject({ state: 'success' });
    await sandbox.drainRunner();
    const lines = Array.from({ length: 200 }, (_, index) => `line ${index + 1}\n`).join('');
    expect(plainLog(job)).toContain(lines);
    expect(plainLog(job)).toMatch(/\nlast\n[\s\S]*Job succeeded\n$/);
    expectWhole(job);
    expect(job.updates.filter((update) => update.state !== 'running')).toHaveLength(1);
  });

  it('gives its next job to the same runner', async () => {
    const { server } = sandbox;
    await server.until(() => server.polls > 0);
    await server.close();
    await server.open();
    const job = sandbox.enqueue(['echo ok']);
    expect(await server.untilFinished(job)).toMatchObject({ state: 'success' });
  });

  it('at another address is found through the file in which it writes it', async () => {
    const { server } = sandbox;
    await sandbox.stopRunner();
    const urlFile = `${sandbox.folder}/url`;
    await writeFile(urlFile, server.url);
    sandbox.startRunner({ urlFile, url: 'http://127.0.0.1:1' });
    const job = sandbox.enqueue(['echo one', waitFor('go'), 'echo two']);
    await server.until(() => job.log.includes('one\n'));
    await server.moveToOtherPort();
    await writeFile(urlFile, `${server.url}\n`);
    await make('go');
    expect(await server.untilFinished(job)).toMatchObject({ state: 'success' });
    expectWhole(job);
  });

  it('too late gets the rest of the log and the result from the next runner', async () => {
    const { server } = sandbox;
    await sandbox.stopRunner();
    sandbox.startRunner({ polling: { shutdown: 1 } });
    const job = sandbox.enqueue(['echo one', waitFor('go'), 'echo two; sleep 1000']);
    await server.until(() => job.log.includes('one\n'));
    await server.close();
    await make('go');
    await sandbox.stopRunner();
    await server.open();
    expect(job.log.includes('aborted')).toBe(false);
    sandbox.startRunner();
    expect(await server.untilFinished(job)).toMatchObject({ state: 'failed', failure_reason: 'unknown_failure' });
    expect(plainLog(job)).toMatch(/one\n[\s\S]*ERROR: Job failed: aborted: terminated\n$/);
    expectWhole(job);
    await sandbox.drainRunner();
    expect(readdirSync(`${sandbox.stateDir}/jobs`)).toEqual([]);
  });

  it('that lost the end of the log asks for it again', async () => {
    const { server } = sandbox;
    const job = sandbox.enqueue(['echo one two three', waitFor('go'), 'echo four']);
    await server.until(() => job.log.includes('one two three\n'));
    job.log = job.log.subarray(0, 30);
    await make('go');
    await server.untilFinished(job);
    expect(plainLog(job)).toContain('one two three\n');
    expectWhole(job);
  });

  it('that stored a chunk but could not say so does not get it twice', async () => {
    const { server } = sandbox;
    const job = sandbox.enqueue(['echo one', waitFor('go'), 'echo two']);
    await server.until(() => job.log.includes('one\n'));
    server.answerOnce('PATCH', /\/trace$/, async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
      job.log = Buffer.concat([job.log, ...chunks]);
      response.destroy();
    });
    await make('go');
    expect(await server.untilFinished(job)).toMatchObject({ state: 'success' });
    expectWhole(job);
  });

  it('that is overloaded is asked again', async () => {
    const { server } = sandbox;
    const busy = (status: number) =>
      server.answerOnce('PUT', /\/jobs\/\d+$/, async (request, response) => {
        request.resume();
        response.writeHead(status, { 'Retry-After': '0' }).end();
      });
    const job = sandbox.enqueue(['echo one']);
    await server.until(() => job.log.includes('one\n'));
    for (const status of [503, 429, 500, 202]) busy(status);
    expect(await server.untilFinished(job)).toMatchObject({ state: 'success' });
  });

  it('that answers 412 to the result gets the whole log again', async () => {
    const { server } = sandbox;
    const job = sandbox.enqueue(['echo one', waitFor('go')]);
    await server.until(() => job.log.includes('one\n') && job.updates.length > 0);
    const refuseResult = (): void =>
      server.answerOnce('PUT', /\/jobs\/\d+$/, async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(Buffer.from(chunk));
        if (JSON.parse(Buffer.concat(chunks).toString()).state === 'running') {
          refuseResult();
          response.writeHead(200).end();
          return;
        }
        job.log = Buffer.alloc(0);
        response.writeHead(412).end();
      });
    refuseResult();
    await make('go');
    await server.untilFinished(job);
    expect(plainLog(job)).toMatch(/^Running with/);
    expectWhole(job);
  });
});

describe('a long log', () => {
  it('is sent in pieces of at most one MiB, whole', async () => {
    const job = sandbox.enqueue(['head -c 3500000 /dev/zero | tr "\\0" x']);
    expect(await sandbox.server.untilFinished(job)).toMatchObject({ state: 'success' });
    expect(Math.max(...job.patches)).toBeLessThanOrEqual(1024 * 1024);
    expect(job.log.length).toBeGreaterThan(3_500_000);
    expectWhole(job);
  });
});

describe('asking for jobs', () => {
  it('does not stop running jobs while a request is held', async () => {
    const { server } = sandbox;
    const first = sandbox.enqueue([waitFor('go'), 'echo one']);
    await server.until(() => first.log.length > 0);
    const second = sandbox.enqueue(['echo two']);
    await server.untilFinished(second);
    await make('go');
    expect(await server.untilFinished(first)).toMatchObject({ state: 'success' });
  });

  it('gives jobs of one project that run together different folders', async () => {
    const { server } = sandbox;
    const jobs = [
      sandbox.enqueue(['echo $CI_CONCURRENT_PROJECT_ID', waitFor('go')]),
      sandbox.enqueue(['echo $CI_CONCURRENT_PROJECT_ID', waitFor('go')]),
    ];
    await server.until(() => jobs.every((job) => /ID\n\d\n/.test(plainLog(job))));
    await make('go');
    for (const job of jobs) await server.untilFinished(job);
    expect(
      jobs.map((job) => /ID\n(\d)\n/.exec(plainLog(job))?.[1]).toSorted((a = '', b = '') => a.localeCompare(b)),
    ).toEqual(['0', '1']);
  });

  it('drops a job that the server no longer wants, and a canceled one is only reported', async () => {
    const { server } = sandbox;
    const dead = sandbox.enqueue(['echo never']);
    dead.isDead = true;
    const canceled = sandbox.enqueue(['echo never']);
    canceled.status = 'canceling';
    expect(await server.untilFinished(canceled)).toMatchObject({ state: 'failed', failure_reason: 'job_canceled' });
    expect(canceled.log.length).toBe(0);
    await sandbox.drainRunner();
    expect(dead.updates).toEqual([]);
  });

  it('reports a job that it cannot read', async () => {
    const { server } = sandbox;
    const job = sandbox.enqueue(['echo never'], { variables: [Object({ key: 'N', value: 5 })] });
    expect(await server.untilFinished(job)).toMatchObject({ state: 'failed', failure_reason: 'runner_system_failure' });
    expect(job.updates[0]?.token).toBe(JOB_TOKEN);
  });
});
