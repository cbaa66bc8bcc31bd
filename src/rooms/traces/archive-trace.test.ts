import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobServer, RunningJob } from '../../../test/support/job-server.ts';
import { startJobServer } from '../../../test/support/job-server.ts';
import type { PipelineId } from '../../kit/ids.ts';
import type { BlobStore } from '../../platform/blobs/index.ts';
import { sweepBlobs } from '../../platform/blobs/index.ts';
import { archiveTraces, readTrace, recordChecksum } from './index.ts';

let server: JobServer;
let pipeline: PipelineId;
let job: RunningJob;

beforeAll(async () => {
  server = await startJobServer();
  const { user } = await server.addUser('ann');
  pipeline = await server.addPipeline(await server.addProject(user, 'shop'), 'running');
});
afterAll(() => server.close());

const PIECES = ['first ', 'second ', Buffer.alloc(700_000, 'x').toString(), ' last'];
const WHOLE = PIECES.join('');

beforeEach(async () => {
  job = await server.addJob(pipeline);
  let at = 0;
  for (const piece of PIECES) {
    await server.patch(job, at, piece);
    at += piece.length;
  }
});

const text = async (start = 0, end = WHOLE.length): Promise<string> =>
  (await buffer(readTrace(server.deps, job.id, { start, end }))).toString();
const blobKey = async (id = job.id): Promise<string | null | undefined> =>
  (await server.db.selectFrom('job_traces').select('blob_key').where('job_id', '=', id).executeTakeFirst())?.blob_key;
const chunks = async (): Promise<number> =>
  (await server.db.selectFrom('trace_chunks').select('job_id').where('job_id', '=', job.id).execute()).length;
const orphans = async (): Promise<number> =>
  (await server.db.selectFrom('orphaned_blobs').selectAll().execute()).length;

describe('archiveTraces', () => {
  it('leaves the log of a running job in its chunks', async () => {
    await archiveTraces(server.deps);
    expect([await blobKey(), await chunks()]).toEqual([null, PIECES.length]);
    await server.setStatus(job.id, 'canceling');
    await archiveTraces(server.deps);
    expect(await blobKey()).toBeNull();
  });

  it('moves the log of an ended job into a blob; every range reads the same before and after', async () => {
    await server.setStatus(job.id, 'success');
    const ranges = [
      [0, 3],
      [5, 9],
      [6, 13],
      [10, 600_000],
      [WHOLE.length - 7, WHOLE.length],
      [4, 4],
    ] as const;
    const before = await Promise.all(ranges.map(([start, end]) => text(start, end)));
    expect(before).toEqual(ranges.map(([start, end]) => WHOLE.slice(start, end)));
    await archiveTraces(server.deps);
    expect([typeof (await blobKey()), await chunks(), await orphans()]).toEqual(['string', 0, 0]);
    expect(await Promise.all(ranges.map(([start, end]) => text(start, end)))).toEqual(before);
    expect(await archiveTraces(server.deps)).toBe(0);
  });

  it('shows a reader that is in the middle no hole', async () => {
    const stream = readTrace(server.deps, job.id, { start: 0, end: WHOLE.length });
    const read: Buffer[] = [];
    for await (const piece of stream) {
      if (read.length === 0) {
        await server.setStatus(job.id, 'failed');
        await archiveTraces(server.deps);
        expect(await chunks()).toBe(0);
      }
      read.push(piece);
    }
    expect(Buffer.concat(read).toString()).toBe(WHOLE);
  });

  it('done by many servers at once keeps one blob and loses none', async () => {
    await server.setStatus(job.id, 'success');
    await Promise.all(Array.from({ length: 6 }, () => archiveTraces(server.deps)));
    expect(await text()).toBe(WHOLE);
    expect(await orphans()).toBe(0);
  });

  it('killed between the blob and its row leaves the log readable, and nothing for ever', async () => {
    await server.setStatus(job.id, 'success');
    const { blobs } = server;
    // A killed process does nothing more after the blob: neither its row nor its removal.
    const dying: BlobStore = {
      put: async (key, source, options) => {
        await blobs.put(key, source, options);
        throw new Error('killed');
      },
      open: (key, range) => blobs.open(key, range),
      delete: () => Promise.reject(new Error('killed')),
      removeUnfinished: (before) => blobs.removeUnfinished(before),
    };
    await expect(archiveTraces({ ...server.deps, blobs: dying })).rejects.toThrow('killed');
    expect([await blobKey(), await text()]).toEqual([null, WHOLE]);
    expect(await orphans()).toBe(1);
    await archiveTraces(server.deps);
    expect(await text()).toBe(WHOLE);
    expect(await sweepBlobs(server.deps)).toBe(0);
    server.clock.advance(7 * 3600);
    expect(await sweepBlobs(server.deps)).toBe(1);
    expect([await orphans(), await text()]).toEqual([0, WHOLE]);
  });

  it('fails for a reader whose log was erased', async () => {
    await server.db.deleteFrom('trace_chunks').where('job_id', '=', job.id).execute();
    await expect(text()).rejects.toThrow('gone');
    await server.db.deleteFrom('job_traces').where('job_id', '=', job.id).execute();
    await expect(text()).rejects.toThrow('gone');
  });

  it('notes a log that differs from what its runner says it sent', async () => {
    const checksum = `crc32:${crc32(WHOLE).toString(16).padStart(8, '0')}`;
    const report = { checksum, size: WHOLE.length, now: server.clock.now() };
    await recordChecksum(server.db, job.id, report);
    await server.setStatus(job.id, 'success');
    await archiveTraces(server.deps);
    expect(server.warnings).toEqual([]);
    const other = await server.addJob(pipeline);
    await server.patch(other, 0, 'abc');
    await recordChecksum(server.db, other.id, { ...report, size: 4 });
    await server.setStatus(other.id, 'success');
    await archiveTraces(server.deps);
    expect(server.warnings).toMatchObject([
      { job_id: other.id, size: 3, reported_size: 4, reported_checksum: checksum },
    ]);
  });
});

describe('recordChecksum', () => {
  it('before the first piece does not stand in its way', async () => {
    const early = await server.addJob(pipeline);
    const report = { checksum: 'crc32:00000000', size: 0, now: server.clock.now() };
    await recordChecksum(server.db, early.id, report);
    expect((await server.patch(early, 0, 'abc')).status).toBe(202);
    await recordChecksum(server.db, early.id, { checksum: null, size: null, now: server.clock.now() });
    const row = await server.db
      .selectFrom('job_traces')
      .select(['size', 'checksum', 'reported_size'])
      .where('job_id', '=', early.id)
      .executeTakeFirst();
    expect(row).toEqual({ size: 3, checksum: 'crc32:00000000', reported_size: 0 });
  });
});
