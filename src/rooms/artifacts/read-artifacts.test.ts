import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobServer, RunningJob } from '../../../test/support/job-server.ts';
import { startJobServer, zipOf } from '../../../test/support/job-server.ts';
import type { PipelineId } from '../../kit/ids.ts';
import type { User } from '../accounts/index.ts';
import type { Project } from '../projects/index.ts';

const FILES = {
  'readme.md': '# read me',
  'dist/app.js': 'app()',
  'dist/css/main.css': 'body {}',
  '안녕/grüße.txt': 'hello',
  'raw/x/raw/y.txt': 'odd',
};
const TEXT = 'application/octet-stream';

let server: JobServer;
let owner: { readonly user: User; readonly token: string };
let project: Project;
let pipeline: PipelineId;
let job: RunningJob;
let zip: Buffer;

beforeAll(async () => {
  server = await startJobServer();
  owner = await server.addUser('ann');
  project = await server.addProject(owner.user, 'shop');
  zip = await zipOf(FILES);
});
afterAll(() => server.close());
beforeEach(async () => {
  pipeline = await server.addPipeline(project, 'running');
  job = await server.addJob(pipeline);
  await server.upload(job, zip);
});

const at = (rest: string, of = job.id): string => `/projects/${project.id}/jobs/${of}/artifacts${rest}`;
const finish = async (status = 'success'): Promise<void> => {
  await server.setStatus(job.id, status);
  await server.db.updateTable('pipelines').set({ status }).where('id', '=', pipeline).execute();
};

describe('the whole archive', () => {
  it('comes as it was uploaded, also in part', async () => {
    const whole = await server.get(at(''), owner.token);
    expect([whole.status, whole.bytes.equals(zip)]).toEqual([200, true]);
    expect(whole.headers.get('content-type')).toBe('application/zip');
    expect(whole.headers.get('content-disposition')).toContain('attachment; filename="artifacts.zip"');
    const part = await server.get(at(''), owner.token, { Range: 'bytes=10-19' });
    expect([part.status, part.bytes.equals(zip.subarray(10, 20))]).toEqual([206, true]);
    expect(part.headers.get('content-range')).toBe(`bytes 10-19/${zip.length}`);
    const beyond = await server.get(at(''), owner.token, { Range: `bytes=${zip.length}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${zip.length}`]);
    const other = { Range: 'bytes=0-1', 'If-Range': '"other"' };
    expect((await server.get(at(''), owner.token, other)).status).toBe(200);
    const head = await server.raw('HEAD', at(''), { headers: { 'Private-Token': owner.token } });
    expect([head.status, head.headers.get('content-length'), head.bytes.length]).toEqual([200, `${zip.length}`, 0]);
  });

  it('is not found where there is none, it has expired, or its file is gone', async () => {
    const none = await server.addJob(pipeline, { name: 'none' });
    expect((await server.get(at('', none.id), owner.token)).outcome).toEqual([404, { message: '404 Not Found' }]);
    expect((await server.get(at('', 99_999_999 as typeof none.id), owner.token)).status).toBe(404);
    const [row] = await server.db.selectFrom('artifacts').selectAll().where('job_id', '=', job.id).execute();
    await server.blobs.delete(row?.blob_key ?? '');
    expect((await server.get(at(''), owner.token)).status).toBe(404);
  });

  it('has expired when its time is over, unless it is kept as the latest of its ref', async () => {
    const shortLived = await server.addJob(pipeline, { name: 'short' });
    await server.upload(shortLived, zip, '?expire_in=1 hour'.replaceAll(' ', '%20'));
    server.clock.advance(3600);
    expect((await server.get(at('', shortLived.id), owner.token)).status).toBe(200);
    await server.db.updateTable('artifacts').set({ locked: false }).where('job_id', '=', shortLived.id).execute();
    for (const rest of ['', '/readme.md', '/tree']) {
      expect((await server.get(at(rest, shortLived.id), owner.token)).status).toBe(404);
    }
  });
});

describe('one file of the archive', () => {
  it.each(Object.entries(FILES))('%s', async (path, text) => {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    const answer = await server.get(at(`/${encoded}`), owner.token);
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([200, text, TEXT]);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment;/);
    expect((await server.get(at(`/${encodeURIComponent(path)}`), owner.token)).text).toBe(text);
  });

  it.each([
    '/../readme.md',
    '/dist/../readme.md',
    '/dist/%2e%2e/readme.md',
    '/%2e%2e%2f%2e%2e%2fetc/passwd',
    '/dist%2f..%2freadme.md',
    '/..%5creadme.md',
    '/dist%5c..%5creadme.md',
    '/./readme.md',
    '/dist//app.js',
    '//etc/passwd',
    '/%2fetc/passwd',
  ])('refuses a path that leads elsewhere: %s', async (path) => {
    expect((await server.get(at(path), owner.token)).outcome).toEqual([400, { message: '400 Bad request' }]);
  });

  it('refuses a NUL in the path', async () => {
    expect((await server.get(at('/readme.md%00.txt'), owner.token)).status).toBe(400);
  });

  it.each(['/nope', '/dist', '/dist/app', '/%252e%252e%252freadme.md', '/README.MD'])(
    'does not find %s',
    async (path) => {
      expect((await server.get(at(path), owner.token)).outcome).toEqual([404, { message: '404 Not Found' }]);
    },
  );
});

describe('…/artifacts/tree', () => {
  const tree = async (query: string) => (await server.get(at(`/tree${query}`), owner.token)).body;
  const file = (path: string, size: number) => ({
    name: path.split('/').at(-1),
    path,
    type: 'file',
    size,
    mode: '100664',
  });
  const folder = (path: string) => ({ name: path.split('/').at(-2), path, type: 'directory', mode: '040755' });

  it('lists a folder', async () => {
    expect(await tree('')).toEqual([folder('dist/'), folder('raw/'), file('readme.md', 9), folder('안녕/')]);
    expect(await tree('?path=dist')).toEqual([file('dist/app.js', 5), folder('dist/css/')]);
    expect(await tree('?path=dist%2fcss%2f')).toEqual([file('dist/css/main.css', 7)]);
    expect(await tree('?path=readme.md')).toEqual([file('readme.md', 9)]);
  });

  it('lists everything below it, in pages', async () => {
    const all = await server.get(at('/tree?recursive=true'), owner.token);
    expect(all.pluck('path')).toEqual([
      'dist/',
      'dist/app.js',
      'dist/css/',
      'dist/css/main.css',
      'raw/',
      'raw/x/',
      'raw/x/raw/',
      'raw/x/raw/y.txt',
      'readme.md',
      '안녕/',
      '안녕/grüße.txt',
    ]);
    const page = await server.get(at('/tree?recursive=true&per_page=3&page=2'), owner.token);
    expect(page.pluck('path')).toEqual(['dist/css/main.css', 'raw/', 'raw/x/']);
    expect([page.headers.get('x-total'), page.headers.get('x-next-page')]).toEqual(['11', '3']);
  });

  it('says what is missing', async () => {
    expect(await tree('?path=nope')).toEqual({ message: '404 Path Not Found' });
    expect(await tree('?path=dis')).toEqual({ message: '404 Path Not Found' });
    expect(await tree('?path=..')).toEqual({ message: '400 Bad request' });
    const none = await server.addJob(pipeline, { name: 'none' });
    const ask = async () => (await server.get(at('/tree', none.id), owner.token)).outcome;
    expect(await ask()).toEqual([404, { message: '404 Artifacts Not Found' }]);
    await server.upload(none, Buffer.from('not a zip'));
    expect(await ask()).toEqual([404, { message: '404 Artifacts metadata Not Found' }]);
  });
});

describe('by ref and job name', () => {
  const byRef = (rest: string, query = '?job=build') =>
    server.get(`/projects/${project.id}/jobs/artifacts/${rest}${query}`, owner.token);

  it('takes the newest successful pipeline of the ref', async () => {
    expect((await byRef('main/download')).status).toBe(404);
    await finish();
    expect((await byRef('main/download')).bytes.equals(zip)).toBe(true);
    expect((await byRef('main/raw/dist/app.js')).text).toBe('app()');
    const next = await server.addPipeline(project, 'failed');
    await server.upload(await server.addJob(next), await zipOf({ 'new.txt': 'new' }));
    expect((await byRef('main/raw/new.txt')).status).toBe(404);
    await server.db.updateTable('pipelines').set({ status: 'success' }).where('id', '=', next).execute();
    expect((await byRef('main/raw/new.txt')).text).toBe('new');
  });

  it('knows refs with slashes, encoded or not, and paths with /raw/', async () => {
    await server.db.updateTable('pipelines').set({ ref: 'feature/raw/x' }).where('id', '=', pipeline).execute();
    await finish();
    for (const ref of ['feature/raw/x', 'feature%2Fraw%2Fx']) {
      expect((await byRef(`${ref}/download`)).bytes.equals(zip)).toBe(true);
      expect((await byRef(`${ref}/raw/readme.md`)).text).toBe('# read me');
      expect((await byRef(`${ref}/raw/raw/x/raw/y.txt`)).text).toBe('odd');
    }
  });

  it('looks further back only when asked', async () => {
    await finish();
    await server.addPipeline(project, 'success');
    expect((await byRef('main/download')).status).toBe(404);
    expect((await byRef('main/download', '?job=build&search_recent_successful_pipelines=true')).status).toBe(200);
  });

  it('refuses what it does not know', async () => {
    await finish();
    expect((await byRef('main/download', '')).outcome).toEqual([400, { error: 'job is missing' }]);
    expect((await byRef('main/download', '?job=other')).outcome).toEqual([404, { message: '404 Not Found' }]);
    expect((await byRef('nope/download')).status).toBe(404);
    expect((await byRef('main')).status).toBe(404);
    expect((await byRef('main/raw/..%2f..%2fetc/passwd')).outcome).toEqual([400, { message: '400 Bad request' }]);
    expect((await byRef('--upload-pack=x/download')).status).toBe(404);
  });
});

describe('who may read', () => {
  const asRole = async (name: string, role: 10 | 20 | 30 | 40) => {
    const { user, token } = await server.addUser(`${name}${job.id}`);
    await server.addMember(project, user, role);
    return token;
  };
  const setAccess = (accessibility: string) =>
    server.db.updateTable('artifacts').set({ accessibility }).where('job_id', '=', job.id).execute();
  const status = async (token: string | undefined, rest = '') => (await server.get(at(rest), token)).status;

  it('goes by artifacts:access', async () => {
    const [guest, developer, maintainer] = [await asRole('g', 10), await asRole('d', 30), await asRole('m', 40)];
    const table: Record<string, readonly number[]> = {};
    for (const access of ['public', 'private', 'maintainer', 'none']) {
      await setAccess(access);
      table[access] = await Promise.all([guest, developer, maintainer, owner.token].map((token) => status(token)));
    }
    expect(table).toEqual({
      public: [200, 200, 200, 200],
      private: [403, 200, 200, 200],
      maintainer: [403, 403, 200, 200],
      none: [403, 403, 403, 403],
    });
    expect([await status(owner.token, '/readme.md'), await status(owner.token, '/tree')]).toEqual([403, 403]);
  });

  it('takes it from the configuration at the upload', async () => {
    for (const [access, stored] of [
      ['all', 'public'],
      ['developer', 'private'],
      ['maintainer', 'maintainer'],
      ['none', 'none'],
    ]) {
      const own = await server.addJob(pipeline, { options: { artifacts: { access } } });
      await server.upload(own, zip);
      const row = await server.db
        .selectFrom('artifacts')
        .select('accessibility')
        .where('job_id', '=', own.id)
        .execute();
      expect(row).toEqual([{ accessibility: stored }]);
    }
  });

  it('does not show a private project, and shows a public one to everybody', async () => {
    const stranger = await server.addUser(`s${job.id}`);
    expect([await status(undefined), await status(stranger.token), await status('wrong')]).toEqual([404, 404, 401]);
    await server.db.updateTable('projects').set({ visibility: 'public' }).where('id', '=', project.id).execute();
    expect([await status(undefined), await status(stranger.token)]).toEqual([200, 200]);
    await setAccess('private');
    expect(await status(undefined)).toBe(403);
    await server.db.updateTable('projects').set({ visibility: 'private' }).where('id', '=', project.id).execute();
  });
});

describe('with a job token', () => {
  const withToken = (path: string, token: string) => server.raw('GET', path, { headers: { 'JOB-TOKEN': token } });

  it('a job gets archive and files of its own project, while it runs', async () => {
    const reader = await server.addJob(pipeline, { name: 'reader' });
    expect((await withToken(at(''), reader.token)).status).toBe(200);
    expect((await withToken(at('/readme.md'), reader.token)).text).toBe('# read me');
    expect((await withToken(at('/tree'), reader.token)).status).toBe(200);
    expect((await server.raw('GET', `${at('')}?job_token=${reader.token}`)).status).toBe(200);
    await server.setStatus(reader.id, 'success');
    expect((await withToken(at(''), reader.token)).status).toBe(401);
  });

  it('a job of another project needs an entry in the allowlist', async () => {
    const other = await server.addProject(owner.user, `other${job.id}`);
    const reader = await server.addJob(await server.addPipeline(other, 'running'));
    expect((await withToken(at(''), reader.token)).status).toBe(403);
    await server.db
      .insertInto('job_token_scope_projects')
      .values({ project_id: project.id, source_project_id: other.id, created_at: server.clock.now() })
      .execute();
    expect((await withToken(at(''), reader.token)).status).toBe(200);
  });
});

describe('GET /jobs/:id/artifacts, for runners', () => {
  const fetchBy = (token: string | undefined, query = '', id: number = job.id) =>
    server.raw('GET', `/jobs/${id}/artifacts${query}`, {
      headers: token === undefined ? {} : { 'JOB-TOKEN': token },
    });

  it('gives a finished job’s archive to a running job, directly', async () => {
    const dependant = await server.addJob(pipeline, { name: 'test' });
    await finish();
    for (const query of ['', '?direct_download=true']) {
      const answer = await fetchBy(dependant.token, query);
      expect([answer.status, answer.bytes.equals(zip)]).toEqual([200, true]);
    }
  });

  it('gives it within a project whatever artifacts:access says', async () => {
    const dependant = await server.addJob(pipeline, { name: 'test' });
    await server.db.updateTable('artifacts').set({ accessibility: 'none' }).where('job_id', '=', job.id).execute();
    expect((await fetchBy(dependant.token)).status).toBe(200);
  });

  it('refuses everybody else', async () => {
    const foreign = await server.addJob(
      await server.addPipeline(await server.addProject(owner.user, `foreign${job.id}`), 'running'),
    );
    expect((await fetchBy(foreign.token)).status).toBe(403);
    expect((await fetchBy(undefined)).status).toBe(403);
    expect((await fetchBy('glcbt-64_wrong')).status).toBe(403);
    expect((await fetchBy(owner.token)).status).toBe(403);
    await finish();
    expect((await fetchBy(job.token)).status).toBe(403);
    const stranger = await server.addUser(`x${job.id}`);
    const byStranger = await server.addJob(pipeline, { userId: stranger.user.id });
    expect((await fetchBy(byStranger.token)).status).toBe(403);
  });

  it('finds nothing where there is nothing', async () => {
    const dependant = await server.addJob(pipeline, { name: 'test' });
    expect((await fetchBy(dependant.token, '', dependant.id)).status).toBe(404);
    expect((await fetchBy(dependant.token, '', 99_999_999)).status).toBe(403);
  });
});
