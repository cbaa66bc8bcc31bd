import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobServer, RunningJob } from '../../../test/support/job-server.ts';
import { dotenvOf, multipartOf, startJobServer, zipOf } from '../../../test/support/job-server.ts';
import { until } from '../../../test/support/until.ts';
import type { PipelineId } from '../../kit/ids.ts';
import type { Project } from '../projects/index.ts';
import { findDotenvVariables } from './index.ts';

const LIMIT = 100_000;
let server: JobServer;
let project: Project;
let pipeline: PipelineId;
let owner: string;
let job: RunningJob;

beforeAll(async () => {
  server = await startJobServer({ maxArtifactBytes: LIMIT });
  const { user, token } = await server.addUser('ann');
  owner = token;
  project = await server.addProject(user, 'shop');
  pipeline = await server.addPipeline(project, 'running');
});
afterAll(() => server.close());
beforeEach(async () => {
  job = await server.addJob(pipeline);
});

const rows = (of = job) => server.db.selectFrom('artifacts').selectAll().where('job_id', '=', of.id).execute();
const files = (): number =>
  readdirSync(join(server.folder, 'blobs'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .length;
const DOTENV = '?artifact_type=dotenv&artifact_format=gzip';
const variables = async () => (await findDotenvVariables(server.deps, [job.id])).map(({ key, value }) => [key, value]);

describe('POST /jobs/:id/artifacts', () => {
  it('stores an archive; what it is comes from the query, with defaults', async () => {
    const zip = await zipOf({ 'out/a.txt': 'a' });
    const answer = await server.upload(job, zip, '', 'build.zip');
    expect(answer.status).toBe(201);
    expect(await rows()).toMatchObject([
      {
        file_type: 'archive',
        file_format: 'zip',
        filename: 'build.zip',
        size: zip.length,
        sha256: createHash('sha256').update(zip).digest(),
        accessibility: 'public',
        locked: true,
        expire_at: new Date(server.clock.now().getTime() + 30 * 86_400_000),
      },
    ]);
    expect(await server.db.selectFrom('orphaned_blobs').selectAll().execute()).toEqual([]);
  });

  it('takes a chunked body without a length, as the runner sends it', async () => {
    const { headers, body = '' } = multipartOf(await zipOf({ a: 'a' }), 'artifacts.zip');
    const answer = await server.raw('POST', `/jobs/${job.id}/artifacts`, {
      headers: { ...headers, 'JOB-TOKEN': job.token, 'Transfer-Encoding': 'chunked' },
      body,
    });
    expect(answer.status).toBe(201);
  });

  it.each([
    ['1 week', 7 * 86_400],
    ['30 mins', 1800],
    ['3600', 3600],
    ['never', null],
    ['', 30 * 86_400],
  ])('counts expire_in %j from now', async (expireIn, seconds) => {
    const query = `?expire_in=${encodeURIComponent(expireIn)}`;
    expect((await server.upload(job, await zipOf({ a: 'a' }), query)).status).toBe(201);
    const expected = seconds === null ? null : new Date(server.clock.now().getTime() + seconds * 1000);
    expect((await rows())[0]?.expire_at).toEqual(expected);
    expect((await server.getJob(job.id)).artifactsExpireAt).toEqual(expected);
  });

  it.each([
    ['?artifact_type=nonsense', { error: 'artifact_type does not have a valid value' }],
    ['?artifact_format=rar', { error: 'artifact_format does not have a valid value' }],
    ['?artifact_type=trace&artifact_format=raw', { error: 'artifact_type does not have a valid value' }],
    ['?artifact_type=junit', { message: '400 Bad request - Invalid file format with specified file type' }],
    ['?expire_in=soon', { message: '400 Bad request - expire_in is not a duration' }],
    ['?accessibility=all', { error: 'accessibility does not have a valid value' }],
  ])('refuses %s', async (query, body) => {
    expect((await server.upload(job, await zipOf({ a: 'a' }), query)).outcome).toEqual([400, body]);
    expect(await rows()).toEqual([]);
  });

  it('takes the same file twice, but no other of its type', async () => {
    const zip = await zipOf({ a: 'a' });
    const before = files();
    expect((await server.upload(job, zip)).status).toBe(201);
    expect((await server.upload(job, zip)).status).toBe(201);
    expect(files()).toBe(before + 2);
    const other = await server.upload(job, await zipOf({ b: 'b' }));
    expect(other.outcome).toEqual([400, { message: 'another artifact of the same type already exists' }]);
    expect([(await rows()).length, files()]).toEqual([1, before + 2]);
  });

  it('sent by two at once is stored once', async () => {
    const zip = await zipOf({ a: 'a' });
    const answers = await Promise.all([1, 2, 3, 4].map(() => server.upload(job, zip)));
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201, 201]);
    expect(await rows()).toHaveLength(1);
  });

  it('stores reports beside it, byte for byte', async () => {
    const raw = Buffer.from([0, 255, 13, 10, 65]);
    await server.upload(job, raw, '?artifact_type=codequality&artifact_format=raw', 'gl-code-quality-report.json');
    await server.upload(job, gzipSync('<a/>'), '?artifact_type=junit&artifact_format=gzip', 'junit.xml.gz');
    const [first, second] = await rows();
    expect([first?.file_type, second?.file_type]).toEqual(['codequality', 'junit']);
    expect(first?.sha256).toEqual(createHash('sha256').update(raw).digest());
  });

  it('keeps a file that says it is a zip and is none', async () => {
    expect((await server.upload(job, Buffer.from('not a zip'))).status).toBe(201);
    expect(await rows()).toMatchObject([{ entries_blob_key: null }]);
  });

  it('gives a file without a proper name one', async () => {
    for (const [sent, kept] of [
      ['../../etc/cron.d/x', 'x'],
      ['C:\\temp\\a b.zip', 'a b.zip'],
    ]) {
      const other = await server.addJob(pipeline);
      await server.upload(other, Buffer.from('x'), '', sent);
      expect(await rows(other)).toMatchObject([{ filename: kept }]);
    }
  });

  it('refuses what is too large: before reading where the length is known, while reading where it is not', async () => {
    const before = files();
    const headers = { 'JOB-TOKEN': job.token, 'Content-Type': 'multipart/form-data; boundary=b' };
    const announced = { ...headers, 'Content-Length': String(LIMIT * 10) };
    expect((await server.raw('POST', `/jobs/${job.id}/artifacts`, { headers: announced })).status).toBe(413);
    expect((await server.upload(job, Buffer.alloc(LIMIT + 1))).outcome).toEqual([
      413,
      { message: '413 Request Entity Too Large' },
    ]);
    expect([await rows(), files()]).toEqual([[], before]);
    expect((await server.upload(job, Buffer.alloc(LIMIT))).status).toBe(201);
  });

  it('refuses a body without a file, and one that is cut off', async () => {
    const before = files();
    const path = `/jobs/${job.id}/artifacts`;
    const headers = { 'JOB-TOKEN': job.token };
    const missing = multipartOf(Buffer.from('x'), 'a.zip', 'other');
    const answer = await server.raw('POST', path, { ...missing, headers: { ...missing.headers, ...headers } });
    expect(answer.outcome).toEqual([400, { message: '400 Bad request - Missing artifacts file!' }]);
    const whole = multipartOf(Buffer.alloc(5000), 'a.zip');
    const body = Buffer.from(whole.body ?? '').subarray(0, 3000);
    expect((await server.raw('POST', path, { headers: { ...whole.headers, ...headers }, body })).status).toBe(400);
    expect((await server.raw('POST', path, { headers, body: 'x' })).status).toBe(400);
    expect([await rows(), files()]).toEqual([[], before]);
  });

  it('leaves nothing of an upload whose runner goes away', async () => {
    const before = files();
    const { headers, body = '' } = multipartOf(Buffer.alloc(50_000), 'a.zip');
    const sent = request({
      port: server.port,
      method: 'POST',
      path: `/api/v4/jobs/${job.id}/artifacts`,
      headers: { ...headers, 'JOB-TOKEN': job.token, 'Transfer-Encoding': 'chunked' },
    });
    sent.on('error', () => undefined);
    sent.write(Buffer.from(body).subarray(0, 30_000));
    await until(() => files() > before, 'the upload begins');
    sent.destroy();
    await until(() => files() === before, 'its file is removed');
    await until(
      async () => (await server.db.selectFrom('orphaned_blobs').selectAll().execute()).length === 0,
      'its note',
    );
    expect(server.faults).toEqual([]);
  });

  it('is for the job that runs, also while it is being canceled', async () => {
    const zip = await zipOf({ a: 'a' });
    expect((await server.upload({ ...job, token: owner }, zip)).status).toBe(403);
    await server.setStatus(job.id, 'canceling');
    expect((await server.upload(job, zip)).status).toBe(201);
    await server.setStatus(job.id, 'canceled');
    const late = await server.upload(job, zip);
    expect([late.status, late.headers.get('job-status')]).toEqual([403, 'canceled']);
  });

  it('of a job that ends while the file comes in is refused', async () => {
    const before = files();
    const { headers, body = '' } = multipartOf(Buffer.alloc(20_000), 'a.zip');
    const answered = new Promise<number | undefined>((resolve) => {
      const sent = request(
        {
          port: server.port,
          method: 'POST',
          path: `/api/v4/jobs/${job.id}/artifacts`,
          headers: { ...headers, 'JOB-TOKEN': job.token, 'Transfer-Encoding': 'chunked' },
        },
        (response) => resolve(response.resume().statusCode),
      );
      sent.write(Buffer.from(body).subarray(0, 10_000));
      void until(() => files() > before, 'the upload begins')
        .then(() => server.setStatus(job.id, 'failed'))
        .then(() => sent.end(Buffer.from(body).subarray(10_000)));
    });
    expect(await answered).toBe(403);
    expect([await rows(), files()]).toEqual([[], before]);
  });

  it('is not locked where the project keeps nothing', async () => {
    const { user } = await server.addUser('bob');
    const other = await server.addProject(user, 'forgetful');
    await server.db.updateTable('projects').set({ keep_latest_artifact: false }).where('id', '=', other.id).execute();
    const own = await server.addJob(await server.addPipeline(other, 'running'));
    await server.upload(own, Buffer.from('x'));
    expect(await rows(own)).toMatchObject([{ locked: false }]);
  });
});

describe('a dotenv report', () => {
  const send = (...texts: readonly string[]) => server.upload(job, dotenvOf(...texts), DOTENV, '.env.gz');

  it('gives its variables, sealed at rest', async () => {
    expect((await send('A=1\nB = x=y \nC=\nA=2\n')).status).toBe(201);
    expect(await variables()).toEqual([
      ['A', '2'],
      ['B', 'x=y'],
      ['C', ''],
    ]);
    const stored = await server.db.selectFrom('dotenv_variables').select('value_sealed').execute();
    expect(stored.some((row) => row.value_sealed.includes('x=y'))).toBe(false);
  });

  it('of several files is read file by file', async () => {
    expect((await send('A=1', 'B=2\r\n')).status).toBe(201);
    expect(await variables()).toEqual([
      ['A', '1'],
      ['B', '2'],
    ]);
  });

  it('may have a mark, also of UTF-16', async () => {
    const texts = [Buffer.from('\ufeffA=1\n'), Buffer.from('\ufeffB=안\n', 'utf16le')];
    const packed = Buffer.concat(texts.map((text) => gzipSync(text)));
    expect((await server.upload(job, packed, DOTENV)).status).toBe(201);
    expect(await variables()).toEqual([
      ['A', '1'],
      ['B', '안'],
    ]);
  });

  it.each([
    ['A=1\n\nB=2', 'Invalid Format'],
    ['# comment', 'Invalid Format'],
    ['A', 'Invalid Format'],
    ['A=\0', 'Invalid Format'],
    ['A-B=1', "Validation failed: Key can contain only letters, digits and '_'."],
    ['=1', "Validation failed: Key can't be blank"],
    [`${'K'.repeat(256)}=1`, 'Validation failed: Key is too long (maximum is 255 characters)'],
    [`A=${'x'.repeat(5118)}`, 'Dotenv Artifact Too Big. Maximum Allowable Size: 5120'],
    [
      Array.from({ length: 21 }, (_, index) => `V${index}=1`).join('\n'),
      'Dotenv files cannot have more than 20 variables',
    ],
  ])('is refused as a whole: %j', async (text, message) => {
    const before = files();
    expect((await send('GOOD=1\n', text)).outcome).toEqual([400, { message }]);
    expect([await rows(), await variables(), files()]).toEqual([[], [], before]);
  });

  it('may be as large as allowed', async () => {
    expect((await send(`A=${'x'.repeat(5117)}`)).status).toBe(201);
  });

  it('that is no gzip, or a bomb, is refused', async () => {
    for (const bytes of [Buffer.from('A=1'), dotenvOf('A=1').subarray(0, 15), gzipSync(Buffer.alloc(10_000_000))]) {
      expect((await server.upload(job, bytes, DOTENV)).status).toBe(400);
    }
    expect(await rows()).toEqual([]);
  });
});
