import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobServer, RunningJob } from '../../../test/support/job-server.ts';
import { dotenvOf, startJobServer, zipOf } from '../../../test/support/job-server.ts';
import type { PipelineId } from '../../kit/ids.ts';
import { sweepBlobs } from '../../platform/blobs/index.ts';
import type { User } from '../accounts/index.ts';
import type { Project } from '../projects/index.ts';
import { archiveTraces } from '../traces/index.ts';
import { dependencyArtifacts, expireArtifacts, findDotenvVariables, noteBlobsOfPipeline, unlockRef } from './index.ts';

let server: JobServer;
let owner: { readonly user: User; readonly token: string };
let project: Project;
let pipeline: PipelineId;
let job: RunningJob;
let projects = 0;

beforeAll(async () => {
  server = await startJobServer();
  owner = await server.addUser('ann');
});
afterAll(() => server.close());
beforeEach(async () => {
  project = await server.addProject(owner.user, `shop${(projects += 1)}`);
  pipeline = await server.addPipeline(project, 'running');
  job = await server.addJob(pipeline);
});

const call = (method: string, rest: string, token = owner.token, of = job.id) =>
  server.raw(method, `/projects/${project.id}/jobs/${of}${rest}`, { headers: { 'Private-Token': token } });
const files = (): number =>
  readdirSync(server.folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.parentPath.includes('blobs'),
  ).length;
const types = async (of = job.id): Promise<readonly string[]> =>
  (await server.db.selectFrom('artifacts').select('file_type').where('job_id', '=', of).orderBy('id').execute()).map(
    (row) => row.file_type,
  );
const lockedJobs = async (): Promise<readonly number[]> =>
  (
    await server.db
      .selectFrom('artifacts')
      .select('job_id')
      .where('project_id', '=', project.id)
      .where('locked', '=', true)
      .orderBy('job_id')
      .execute()
  ).map((row) => row.job_id);

/** Log, archive and dotenv report of a job that has ended. */
const fill = async (of = job, query = ''): Promise<void> => {
  await server.patch(of, 0, 'hello');
  await server.upload(of, await zipOf({ a: 'a' }), query);
  await server.upload(of, dotenvOf('A=1'), `?artifact_type=dotenv&artifact_format=gzip${query.replace('?', '&')}`);
  await server.setStatus(of.id, 'success');
  await archiveTraces(server.deps);
};

const member = async (name: string, role: 20 | 30 | 40) => {
  const person = await server.addUser(`${name}${projects}`);
  await server.addMember(project, person.user, role);
  return person;
};

describe('POST …/erase', () => {
  it('takes log and artifacts of an ended job away, with their files', async () => {
    const before = files();
    await fill();
    expect(files()).toBe(before + 4);
    const answer = await call('POST', '/erase');
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ id: job.id, artifacts: [], artifacts_expire_at: null, status: 'success' });
    expect(answer.at('erased_at')).toBe(server.clock.now().toISOString());
    expect(answer.at('artifacts_file')).toBeUndefined();
    expect([await types(), files()]).toEqual([[], before]);
    expect(await findDotenvVariables(server.deps, [job.id])).toEqual([]);
    expect((await call('GET', '/trace')).outcome).toEqual([200, undefined]);
    expect((await call('GET', '/artifacts')).status).toBe(404);
    expect((await call('POST', '/erase')).outcome).toEqual([403, { message: '403 Forbidden - Job is not erasable!' }]);
  });

  it('takes a log that is not archived yet', async () => {
    await server.patch(job, 0, 'hello');
    await server.setStatus(job.id, 'failed');
    expect((await call('POST', '/erase')).status).toBe(201);
    expect(await server.db.selectFrom('trace_chunks').selectAll().where('job_id', '=', job.id).execute()).toEqual([]);
  });

  it('refuses a job that runs, and one that has nothing', async () => {
    await server.patch(job, 0, 'hello');
    expect((await call('POST', '/erase')).status).toBe(403);
    const bare = await server.addJob(pipeline, { status: 'success' });
    expect((await call('POST', '/erase', owner.token, bare.id)).status).toBe(403);
  });

  it('is for maintainers, and for developers who started it on an unprotected ref', async () => {
    const [developer, maintainer] = [await member('dev', 30), await member('main', 40)];
    const own = await server.addJob(pipeline, { userId: developer.user.id });
    await fill(own);
    await fill();
    expect((await call('POST', '/erase', developer.token)).status).toBe(403);
    // main is protected: projects begin so.
    expect((await call('POST', '/erase', developer.token, own.id)).status).toBe(403);
    await server.db.updateTable('jobs').set({ ref: 'feature' }).where('id', '=', own.id).execute();
    expect((await call('POST', '/erase', developer.token, own.id)).status).toBe(201);
    expect((await call('POST', '/erase', maintainer.token)).status).toBe(201);
    expect((await server.raw('POST', `/projects/${project.id}/jobs/${job.id}/erase`)).status).toBe(401);
  });
});

describe('DELETE …/artifacts of a job', () => {
  it('leaves the log', async () => {
    const before = files();
    await fill();
    expect((await call('DELETE', '/artifacts')).status).toBe(204);
    expect([await types(), files(), (await call('GET', '/trace')).text]).toEqual([[], before + 1, 'hello']);
    expect((await call('DELETE', '/artifacts')).status).toBe(204);
  });

  it('is for maintainers', async () => {
    await fill();
    expect((await call('DELETE', '/artifacts', (await member('dev', 30)).token)).status).toBe(403);
    expect(await types()).toEqual(['archive', 'dotenv']);
  });
});

describe('POST …/artifacts/keep', () => {
  it('keeps them for ever', async () => {
    await fill(job, '?expire_in=1%20day');
    expect((await server.getJob(job.id)).artifactsExpireAt).not.toBeNull();
    const answer = await call('POST', '/artifacts/keep');
    expect([answer.status, answer.at('artifacts_expire_at'), answer.at('artifacts_file', 'filename')]).toEqual([
      200,
      null,
      'artifacts.zip',
    ]);
    expect(answer.at('artifacts')).toMatchObject([
      { file_type: 'archive', file_format: 'zip' },
      { file_type: 'dotenv', file_format: 'gzip' },
      { file_type: 'trace', size: 5, filename: 'job.log', file_format: 'raw' },
    ]);
    await server.db.updateTable('artifacts').set({ locked: false }).where('job_id', '=', job.id).execute();
    server.clock.advance(400 * 86_400);
    await expireArtifacts(server.deps);
    expect(await types()).toEqual(['archive', 'dotenv']);
    server.clock.advance(-400 * 86_400);
  });

  it('is 404 where there is nothing, 403 for reporters', async () => {
    expect((await call('POST', '/artifacts/keep')).outcome).toEqual([404, { message: '404 Not Found' }]);
    expect((await call('POST', '/artifacts/keep', (await member('rep', 20)).token)).status).toBe(403);
  });
});

describe('expiry', () => {
  const end = async (id: PipelineId, status: string): Promise<void> => {
    await server.db.updateTable('pipelines').set({ status }).where('id', '=', id).execute();
  };
  const jobIn = async (status: string, ref = 'main') => {
    const id = await server.addPipeline(project, 'running', ref);
    const own = await server.addJob(id, { ref });
    await server.upload(own, await zipOf({ a: 'a' }), '?expire_in=1%20hour');
    await server.setStatus(own.id, 'success');
    await end(id, status);
    return { pipeline: id, ...own };
  };

  it('removes rows and files of what has expired, and of nothing else', async () => {
    await server.db.updateTable('projects').set({ keep_latest_artifact: false }).where('id', '=', project.id).execute();
    const before = files();
    await fill(job, '?expire_in=1%20hour');
    const later = await server.addJob(pipeline);
    await fill(later, '?expire_in=2%20hours');
    server.clock.advance(3600);
    expect(await expireArtifacts(server.deps)).toBe(3);
    expect([await types(), await types(later.id)]).toEqual([[], ['archive', 'dotenv']]);
    expect(await findDotenvVariables(server.deps, [job.id])).toEqual([]);
    expect(files()).toBe(before + 1 + 4);
    expect((await call('GET', '/trace')).text).toBe('hello');
  });

  it('keeps the newest ended and the newest successful pipeline of each ref', async () => {
    const oldest = await jobIn('success');
    const successful = await jobIn('success');
    const failedBefore = await jobIn('failed');
    const failed = await jobIn('failed');
    const running = await jobIn('running');
    const elsewhere = await jobIn('success', 'feature');
    server.clock.advance(3601);
    await expireArtifacts(server.deps);
    expect(await lockedJobs()).toEqual([successful.id, failed.id, running.id, elsewhere.id]);
    expect([await types(oldest.id), await types(failedBefore.id)]).toEqual([[], []]);
    expect(await types(failed.id)).toEqual(['archive']);
    await end(running.pipeline, 'success');
    await expireArtifacts(server.deps);
    expect(await lockedJobs()).toEqual([running.id, elsewhere.id]);
    await server.db.transaction().execute((tx) => unlockRef(tx, project.id, { name: 'feature', tag: false }));
    await expireArtifacts(server.deps);
    expect([await lockedJobs(), await types(elsewhere.id)]).toEqual([[running.id], []]);
  });

  it('keeps the children of a pipeline that is kept', async () => {
    const parent = await jobIn('success');
    const child = await jobIn('success');
    await server.db
      .updateTable('pipelines')
      .set({ source: 'parent_pipeline' })
      .where('id', '=', child.pipeline)
      .execute();
    await server.db
      .insertInto('pipeline_sources')
      .values({
        pipeline_id: child.pipeline,
        project_id: project.id,
        source_project_id: project.id,
        source_pipeline_id: parent.pipeline,
      })
      .execute();
    await expireArtifacts(server.deps);
    expect(await lockedJobs()).toEqual([parent.id, child.id]);
    const next = await jobIn('success');
    await expireArtifacts(server.deps);
    expect(await lockedJobs()).toEqual([next.id]);
  });

  it('by several servers at once removes each once', async () => {
    await server.db.updateTable('projects').set({ keep_latest_artifact: false }).where('id', '=', project.id).execute();
    server.clock.advance(86_400);
    await expireArtifacts(server.deps);
    for (let index = 0; index < 5; index += 1) await jobIn('success', `r${index}`);
    server.clock.advance(3600);
    const removed = await Promise.all([1, 2, 3].map(() => expireArtifacts(server.deps)));
    expect(removed.reduce((sum, count) => sum + count)).toBe(10);
  });

  it('of a whole project can be asked for', async () => {
    const old = await jobIn('success');
    const latest = await jobIn('success');
    const path = `/projects/${project.id}/artifacts`;
    const answer = await server.raw('DELETE', path, { headers: { 'Private-Token': owner.token } });
    expect(answer.outcome).toEqual([202, { message: '202 Accepted' }]);
    expect((await server.getJob(old.id)).artifactsExpireAt).toEqual(server.clock.now());
    await expireArtifacts(server.deps);
    expect([await types(old.id), await types(latest.id)]).toEqual([[], ['archive']]);
    const { token } = await member('dev', 30);
    expect((await server.raw('DELETE', path, { headers: { 'Private-Token': token } })).status).toBe(403);
    expect((await server.raw('DELETE', path)).status).toBe(401);
  });
});

describe('dependencyArtifacts', () => {
  it('says which jobs have an archive, and whether one had one', async () => {
    await fill(job, '?expire_in=1%20hour');
    const bare = await server.addJob(pipeline, { status: 'success' });
    const of = (...ids: readonly RunningJob[]) =>
      dependencyArtifacts(
        server.deps,
        ids.map(({ id }) => id),
      );
    const size = (await zipOf({ a: 'a' })).length;
    expect(await of(job, bare)).toEqual({
      archives: new Map([[job.id, { filename: 'artifacts.zip', size }]]),
      isMissing: false,
    });
    expect(await of()).toEqual({ archives: new Map(), isMissing: false });
    server.clock.advance(3601);
    expect((await of(job, bare)).isMissing).toBe(false);
    await server.db.updateTable('artifacts').set({ locked: false }).where('job_id', '=', job.id).execute();
    expect(await of(job, bare)).toEqual({ archives: new Map(), isMissing: true });
    await expireArtifacts(server.deps);
    expect((await of(job)).isMissing).toBe(true);
    expect((await of(bare)).isMissing).toBe(false);
    await server.db.updateTable('jobs').set({ erased_at: server.clock.now() }).where('id', '=', bare.id).execute();
    expect((await of(bare)).isMissing).toBe(true);
  });
});

describe('noteBlobsOfPipeline', () => {
  it('leaves nothing of a deleted pipeline on disk', async () => {
    const before = files();
    await fill();
    await server.db.transaction().execute(async (tx) => {
      await noteBlobsOfPipeline(tx, pipeline);
      await tx.deleteFrom('pipelines').where('id', '=', pipeline).execute();
    });
    expect(files()).toBe(before + 4);
    expect(await sweepBlobs(server.deps)).toBe(4);
    expect(files()).toBe(before);
  });

  it('undone with its transaction keeps everything', async () => {
    await fill();
    const undone = server.db.transaction().execute(async (tx) => {
      await noteBlobsOfPipeline(tx, pipeline);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await sweepBlobs(server.deps)).toBe(0);
    expect((await call('GET', '/artifacts')).status).toBe(200);
  });
});
