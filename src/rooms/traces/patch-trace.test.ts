import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobServer, RunningJob } from '../../../test/support/job-server.ts';
import { startJobServer } from '../../../test/support/job-server.ts';
import type { PipelineId } from '../../kit/ids.ts';
import type { Project } from '../projects/index.ts';

let server: JobServer;
let project: Project;
let pipeline: PipelineId;
let owner: string;
let job: RunningJob;

beforeAll(async () => {
  server = await startJobServer({ maxTraceBytes: 1000 });
  const { user, token } = await server.addUser('ann');
  owner = token;
  project = await server.addProject(user, 'shop');
  pipeline = await server.addPipeline(project, 'running');
});
afterAll(() => server.close());

beforeEach(async () => {
  job = await server.addJob(pipeline);
});

const log = async (of = job) => (await server.get(`/projects/${project.id}/jobs/${of.id}/trace`, owner)).bytes;

describe('PATCH /jobs/:id/trace', () => {
  it('appends pieces byte for byte, a cut character and broken bytes too', async () => {
    const bytes = Buffer.concat([Buffer.from('grüße 안녕\n'), Buffer.from([0xff, 0xfe, 0x00]), Buffer.from('end')]);
    const first = await server.patch(job, 0, bytes.subarray(0, 3));
    const second = await server.patch(job, 3, bytes.subarray(3));
    expect([first.status, first.headers.get('range'), first.headers.get('job-status')]).toEqual([
      202,
      '0-3',
      'running',
    ]);
    expect([second.status, second.headers.get('range')]).toEqual([202, `0-${bytes.length}`]);
    expect(first.bytes).toHaveLength(0);
    expect(await log()).toEqual(bytes);
  });

  it('refuses a gap with the next expected offset and writes nothing', async () => {
    await server.patch(job, 0, 'x'.repeat(150));
    const gap = await server.patch(job, 200, 'y'.repeat(50));
    expect([gap.status, gap.headers.get('range'), gap.headers.get('job-status')]).toEqual([416, '0-150', 'running']);
    expect(await log()).toEqual(Buffer.from('x'.repeat(150)));
  });

  it('takes the last piece again without doubling it, and refuses what overlaps only in part', async () => {
    await server.patch(job, 0, 'abc');
    expect((await server.patch(job, 0, 'abc')).status).toBe(202);
    expect([(await server.patch(job, 0, 'abcd')).status, (await server.patch(job, 2, 'cd')).status]).toEqual([
      416, 416,
    ]);
    expect(await log()).toEqual(Buffer.from('abc'));
  });

  it('goes by the length of the body, not by the end of the range', async () => {
    const headers = { 'JOB-TOKEN': job.token, 'Content-Range': '0-9999' };
    expect((await server.raw('PATCH', `/jobs/${job.id}/trace`, { headers, body: 'abc' })).headers.get('range')).toBe(
      '0-3',
    );
  });

  it('answers 400 for a missing or senseless Content-Range', async () => {
    for (const range of [undefined, '', 'abc', '-5', '1.5-2', '9'.repeat(30)]) {
      const headers = { 'JOB-TOKEN': job.token, ...(range !== undefined && { 'Content-Range': range }) };
      expect((await server.raw('PATCH', `/jobs/${job.id}/trace`, { headers, body: 'a' })).status).toBe(400);
    }
  });

  it('of two pieces for one place keeps exactly one, and tells the other where to go on', async () => {
    await server.patch(job, 0, 'start ');
    const pieces = Array.from({ length: 8 }, (_, index) => `${String.fromCharCode(97 + index)}`.repeat(5 + index));
    const answers = await Promise.all(pieces.map((piece) => server.patch(job, 6, piece)));
    const taken = answers.flatMap((answer, index) => (answer.status === 202 ? [pieces[index]] : []));
    expect(taken).toHaveLength(1);
    expect(await log()).toEqual(Buffer.from(`start ${taken[0]}`));
    const size = 6 + (taken[0] ?? '').length;
    expect(new Set(answers.map((answer) => answer.headers.get('range')))).toEqual(new Set([`0-${size}`]));
  });

  it('counts as a word from the runner, and as its confirmation of the job', async () => {
    const now = server.clock.advance(60);
    await server.patch(job, 0, 'a');
    const row = await server.db
      .selectFrom('jobs')
      .select(['contacted_at', 'confirmed_at'])
      .where('id', '=', job.id)
      .executeTakeFirst();
    expect(row).toEqual({ contacted_at: now, confirmed_at: now });
    expect(server.touched).toContain(job.id);
  });

  it('drops a job whose log grows too large', async () => {
    await server.patch(job, 0, 'x'.repeat(999));
    const over = await server.patch(job, 999, 'yy');
    expect([over.status, over.headers.get('job-status')]).toEqual([403, 'failed']);
    expect(await server.getJob(job.id)).toMatchObject({ status: 'failed', failureReason: 'trace_size_exceeded' });
    expect((await log()).length).toBe(999);
  });

  it('cancels a job that floods its log while it is being canceled', async () => {
    await server.setStatus(job.id, 'canceling');
    expect((await server.patch(job, 1000, 'y')).headers.get('job-status')).toBe('canceled');
  });
});

describe("the runner's own guard", () => {
  const answerTo = async (token: string | undefined, path = `/jobs/${job.id}/trace`) => {
    const headers = { 'Content-Range': '0-0', ...(token !== undefined && { 'JOB-TOKEN': token }) };
    const answer = await server.raw('PATCH', path, { headers, body: 'a' });
    return [answer.status, answer.headers.get('job-status'), answer.at('message')];
  };

  it('takes only the token of that very job, and says nothing of the job to others', async () => {
    const other = await server.addJob(pipeline);
    for (const token of [undefined, 'glcbt-64_wrong', other.token, owner]) {
      expect(await answerTo(token)).toEqual([403, null, '403 Forbidden']);
    }
    expect(await answerTo(job.token, '/jobs/987654321/trace')).toEqual([403, null, '403 Forbidden']);
    expect(await answerTo(job.token, '/jobs/0x1/trace')).toEqual([403, null, '403 Forbidden']);
  });

  it('takes it as a parameter too', async () => {
    const path = `/jobs/${job.id}/trace?token=${job.token}`;
    expect((await server.raw('PATCH', path, { headers: { 'Content-Range': '0-0' }, body: 'a' })).status).toBe(202);
  });

  it('lets a canceling job go on, and says so', async () => {
    await server.setStatus(job.id, 'canceling');
    expect(await answerTo(job.token)).toEqual([202, 'canceling', undefined]);
  });

  it.each(['success', 'failed', 'canceled', 'pending'])('refuses a job that is %s, with its status', async (status) => {
    await server.setStatus(job.id, status);
    expect(await answerTo(job.token)).toEqual([403, status, '403 Forbidden - Job is not running']);
  });

  it('refuses an erased job and one of a deleted project', async () => {
    await server.db.updateTable('jobs').set({ erased_at: server.clock.now() }).where('id', '=', job.id).execute();
    expect(await answerTo(job.token)).toEqual([403, 'running', '403 Forbidden - Job has been erased!']);
    const { user } = await server.addUser('leaving');
    const gone = await server.addProject(user, 'gone');
    const last = await server.addJob(await server.addPipeline(gone, 'running'));
    await server.db.updateTable('projects').set({ deleted_at: server.clock.now() }).where('id', '=', gone.id).execute();
    expect(await answerTo(last.token, `/jobs/${last.id}/trace`)).toEqual([
      403,
      'running',
      '403 Forbidden - Project has been deleted!',
    ]);
  });

  it('writes nothing for a claim that was taken back and given to somebody else meanwhile', async () => {
    const { appendChunk } = await import('./append-chunk.ts');
    const seen = await server.getJob(job.id);
    const later = server.clock.advance(5);
    await server.db.updateTable('jobs').set({ started_at: later }).where('id', '=', job.id).execute();
    const chunk = { start: 0, data: Buffer.from('late'), debugTrace: false };
    expect(await appendChunk(server.deps, seen, chunk)).toEqual({ kind: 'not_running' });
  });
});

describe('GET /projects/:id/jobs/:job_id/trace', () => {
  const path = (): string => `/projects/${project.id}/jobs/${job.id}/trace`;

  it('is empty for a job without a log', async () => {
    const answer = await server.get(path(), owner);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(answer.headers.get('content-disposition')).toBe(`infile; filename="${job.id}.log"`);
  });

  it('gives parts of a growing log', async () => {
    await server.patch(job, 0, '0123456789');
    const part = await server.get(path(), owner, { Range: 'bytes=4-' });
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, '456789', 'bytes 4-9/10']);
    expect((await server.get(path(), owner, { Range: 'bytes=10-' })).status).toBe(416);
    expect((await server.get(path(), owner, { Range: 'bytes=-3' })).text).toBe('789');
  });

  it('has no body for HEAD', async () => {
    await server.patch(job, 0, 'abc');
    const answer = await server.raw('HEAD', path(), { headers: { 'Private-Token': owner } });
    expect([answer.status, answer.headers.get('content-length'), answer.bytes.length]).toEqual([200, '3', 0]);
  });

  it('is for those who may read the job', async () => {
    const { token } = await server.addUser(`stranger${job.id}`);
    expect((await server.get(path(), token)).status).toBe(404);
    expect((await server.get(path())).status).toBe(404);
    expect((await server.get(`/projects/${project.id}/jobs/999999999/trace`, owner)).status).toBe(404);
  });

  it('of a debug job is for developers', async () => {
    const { user, token } = await server.addUser(`guest${job.id}`);
    await server.addMember(project, user, 20);
    await server.patch(job, 0, 'secret', '?debug_trace=true');
    await server.patch(job, 6, ' more', '?debug_trace=false');
    expect((await server.get(path(), token)).status).toBe(403);
    expect((await server.get(path(), owner)).text).toBe('secret more');
  });

  it('makes the runner send more often while somebody reads', async () => {
    const interval = (answer: { readonly headers: Headers }) => answer.headers.get('x-gitlab-trace-update-interval');
    expect(interval(await server.patch(job, 0, 'a'))).toBe('10');
    await server.get(path(), owner);
    expect(interval(await server.patch(job, 1, 'b'))).toBe('3');
    server.clock.advance(31);
    expect(interval(await server.patch(job, 2, 'c'))).toBe('10');
  });
});
