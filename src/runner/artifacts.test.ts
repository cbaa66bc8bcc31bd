import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import yazl from 'yazl';
import { extractZip } from './artifacts/extract-zip.ts';
import { JOB_TOKEN, plainLog, Sandbox, step, variable } from './testing/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.open();
});
afterEach(() => sandbox.close());

const archive = { artifact_type: 'archive', artifact_format: 'zip' } as const;
const dotenv = { artifact_type: 'dotenv', artifact_format: 'gzip', name: '.env', when: 'always' } as const;

const zipOf = (files: Readonly<Record<string, string>>): Promise<Buffer> => {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return buffer(zip.outputStream);
};

const refuse = (status: number): void =>
  sandbox.server.answerOnce('POST', /\/artifacts$/, async (request, response) => {
    response.writeHead(status).end();
    request.resume();
  });

describe('artifacts', () => {
  it('go up with their name, format and expiry, and come down in the next job', async () => {
    const { server } = sandbox;
    const first = sandbox.enqueue(['mkdir -p out/sub', 'echo 1 > out/a', 'echo 2 > out/sub/b.map', 'echo 3 > c'], {
      variables: [variable('CI_COMMIT_REF_SLUG', 'main')],
      artifacts: [
        {
          ...archive,
          name: 'build-$CI_COMMIT_REF_SLUG',
          paths: ['out/', '${MISSING:-c}'],
          exclude: ['out/**/*.map'],
          expire_in: '1 week',
        },
      ],
    });
    expect(await server.untilFinished(first)).toMatchObject({ state: 'success' });
    const [upload] = first.artifacts;
    expect(upload?.fileName).toBe('build-main.zip');
    expect(Object.fromEntries(upload?.query ?? [])).toEqual({
      artifact_format: 'zip',
      artifact_type: 'archive',
      expire_in: '1 week',
    });
    expect(plainLog(first)).toContain('out/: found 3 matching artifact files and directories');
    server.offerArtifacts(first.payload.id, upload?.content ?? Buffer.alloc(0));

    const file = { filename: 'build-main.zip', size: 1 };
    const second = sandbox.enqueue(['find . -type f | sort', 'cat out/a c'], {
      dependencies: [
        { id: first.payload.id, name: 'compile', token: JOB_TOKEN, artifacts_file: file },
        { id: 99, name: 'nothing', token: JOB_TOKEN },
      ],
    });
    expect(await server.untilFinished(second)).toMatchObject({ state: 'success' });
    expect(plainLog(second)).toContain(`Downloading artifacts for compile (${first.payload.id})...`);
    expect(plainLog(second)).toContain('./c\n./out/a\n');
    expect(plainLog(second)).toContain('1\n3\n');
  });

  it('of reports go up after a failure too, one gzip each; archives only when asked', async () => {
    const job = sandbox.enqueue(['echo A=1 > build.env', 'exit 2'], {
      artifacts: [
        { ...archive, paths: ['build.env'] },
        { ...archive, paths: ['build.env'], when: 'on_failure', name: 'failed' },
        { ...dotenv, paths: ['build.env'] },
        { artifact_type: 'codequality', artifact_format: 'raw', name: 'gl.json', paths: ['build.env'], when: 'always' },
      ],
    });
    expect(await sandbox.server.untilFinished(job)).toMatchObject({ state: 'failed', exit_code: 2 });
    expect(job.artifacts.map(({ fileName }) => fileName)).toEqual(['failed.zip', '.env.gz', 'gl.json']);
    expect(gunzipSync(job.artifacts[1]?.content ?? '').toString()).toBe('A=1\n');
    expect(job.artifacts[2]?.content.toString()).toBe('A=1\n');
    expect(plainLog(job)).toContain('Uploading artifacts for failed job');
  });

  it('take what git does not track, and see GITLAB_ENV and the status', async () => {
    const repository = sandbox.repository('group/app', { tracked: 't', '.gitignore': 'ignored\n' });
    const job = sandbox.enqueue(['touch new ignored', 'echo NAME=from-env >> "$GITLAB_ENV"'], {
      git_info: sandbox.gitInfo('group/app', repository),
      artifacts: [{ ...archive, untracked: true, name: '$NAME-$CI_JOB_STATUS' }],
    });
    expect(await sandbox.server.untilFinished(job)).toMatchObject({ state: 'success' });
    expect(job.artifacts[0]?.fileName).toBe('from-env-success.zip');
    const path = join(sandbox.folder, 'untracked.zip');
    writeFileSync(path, job.artifacts[0]?.content ?? '');
    const target = join(sandbox.folder, 'target');
    expect(await extractZip(path, target)).toBe(2);
    expect(await readFile(join(target, 'new'), 'utf8')).toBe('');
  });

  it('that select nothing are a line in the log', async () => {
    const job = sandbox.enqueue(['true'], { artifacts: [{ ...archive, paths: ['nothing'] }] });
    expect(await sandbox.server.untilFinished(job)).toMatchObject({ state: 'success' });
    expect(plainLog(job)).toContain('ERROR: No files to upload');
    expect(job.artifacts).toEqual([]);
  });

  it.each([[413], [403]])('that the server refuses with %i fail the job, after one try', async (status) => {
    const job = sandbox.enqueue(['head -c 3000000 /dev/urandom > big'], {
      artifacts: [{ ...archive, paths: ['big'] }],
    });
    refuse(status);
    expect(await sandbox.server.untilFinished(job)).toMatchObject({
      state: 'failed',
      failure_reason: 'script_failure',
      exit_code: 1,
    });
    expect(job.artifacts).toEqual([]);
  });

  it('are sent again when the server is busy', async () => {
    const job = sandbox.enqueue(['echo x > file'], { artifacts: [{ ...archive, paths: ['file'] }] });
    refuse(503);
    refuse(500);
    expect(await sandbox.server.untilFinished(job)).toMatchObject({ state: 'success' });
    expect(job.artifacts).toHaveLength(1);
  });

  it('that are gone fail the job before its script', async () => {
    const job = sandbox.enqueue(['echo never'], {
      dependencies: [{ id: 77, name: 'gone', token: JOB_TOKEN, artifacts_file: { filename: 'a.zip', size: 1 } }],
    });
    expect(await sandbox.server.untilFinished(job)).toMatchObject({
      state: 'failed',
      failure_reason: 'script_failure',
    });
    expect(plainLog(job)).toContain('Downloading artifacts from coordinator... 404 not found');
    expect(plainLog(job)).not.toContain('never');
  });

  it('with an entry outside the project fail the job and leave nothing there', async () => {
    const forged = (await zipOf({ 'XX/escaped': 'evil' })).toString('latin1').replaceAll('XX/escaped', '../escaped');
    sandbox.server.offerArtifacts(77, Buffer.from(forged, 'latin1'));
    const job = sandbox.enqueue(['echo never'], {
      dependencies: [{ id: 77, name: 'evil', token: JOB_TOKEN, artifacts_file: { filename: 'a.zip', size: 1 } }],
    });
    expect(await sandbox.server.untilFinished(job)).toMatchObject({ state: 'failed', exit_code: 1 });
    expect(plainLog(job)).toMatch(/ERROR: Extracting artifacts failed: .*(invalid relative path|outside)/);
    const left = sandbox.enqueue(['ls -A .. && ls -A'], { variables: [variable('GIT_STRATEGY', 'none')] });
    await sandbox.server.untilFinished(left);
    expect(plainLog(left)).not.toContain('escaped');
  });

  it('are fetched again while the server restarts, without its token going elsewhere', async () => {
    const { server } = sandbox;
    server.offerArtifacts(77, await zipOf({ file: 'content' }));
    server.answerOnce('GET', /\/jobs\/77\/artifacts$/, async (_, response) => {
      response.destroy();
      await server.close();
      await server.open();
    });
    const job = sandbox.enqueue(['cat file'], {
      dependencies: [{ id: 77, name: 'dep', token: JOB_TOKEN, artifacts_file: { filename: 'a.zip', size: 1 } }],
      steps: [step('script', ['cat file'])],
    });
    expect(await server.untilFinished(job)).toMatchObject({ state: 'success' });
    expect(plainLog(job)).toContain('content');
  });
});
