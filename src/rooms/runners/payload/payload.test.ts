import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeJob } from '../../../../test/support/fake-runner.ts';
import { git, temporaryFolder, tryGit } from '../../../../test/support/git-client.ts';
import { startTestApp, type TestApp } from '../../../../test/support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const jobOf = async (config: string): Promise<FakeJob> => (await app.scene(config)).runner.mustTake();

/** Numbers as in the checklist of the runner protocol. Every payload is checked for its types where it is received. */
describe('D. the payload', () => {
  it('says which job it is', async () => {
    const { pipeline, project, runner } = await app.scene('stages: [first]\n"build it": { stage: first, script: a }\n');
    app.clock.advance(1.5);
    const job = await runner.mustTake();
    expect(job.payload.job_info).toEqual({
      id: job.id,
      name: 'build it',
      stage: 'first',
      pipeline_id: pipeline.id,
      project_id: project.id,
      project_name: project.fullPath.split('/')[1],
      project_full_path: project.fullPath,
      namespace_id: expect.any(Number),
      user_id: project.owner.user.id,
      scoped_user_id: null,
      time_in_queue_seconds: 1.5,
      project_jobs_running_on_instance_runners_count: '+Inf',
    });
  });

  it('41. has no run, and nothing that was not configured', async () => {
    const { payload } = await jobOf('a: { script: a }\n');
    expect(payload).not.toHaveProperty('run');
    expect(payload).toMatchObject({ image: null, services: [], artifacts: [], cache: [], hooks: [], dependencies: [] });
  });

  it('52. has the caches, apart for protected refs', async () => {
    const { project, runner } = await app.scene(`
a:
  script: a
  cache:
    - { key: $CI_COMMIT_REF_SLUG, paths: [vendor/], fallback_keys: [main] }
    - { key: shared, untracked: true, unprotect: true, policy: pull, when: always }
    - { key: { files: [missing.txt, .gitlab*] }, paths: [x] }
    - { key: { files_commits: ['*.yml'], prefix: commits }, paths: [y] }
`);
    const sha = (await project.headOf('main')) ?? '';
    const blob = await git(project.repository.path, 'rev-parse', `${sha}:.gitlab-ci.yml`);
    const digest = (id: string): string => createHash('sha1').update(id).digest('hex');
    const cachesWith = (suffix: string) => [
      {
        key: `$CI_COMMIT_REF_SLUG-${suffix}`,
        untracked: false,
        paths: ['vendor/'],
        policy: 'pull-push',
        when: 'on_success',
        fallback_keys: [`main-${suffix}`],
      },
      { key: 'shared-non_protected', untracked: true, paths: [], policy: 'pull', when: 'always', fallback_keys: [] },
      {
        key: `2_missing_-${digest(blob)}-${suffix}`,
        untracked: false,
        paths: ['x'],
        policy: 'pull-push',
        when: 'on_success',
        fallback_keys: [],
      },
      {
        key: `commits-${digest(sha)}-${suffix}`,
        untracked: false,
        paths: ['y'],
        policy: 'pull-push',
        when: 'on_success',
        fallback_keys: [],
      },
    ];
    expect((await runner.mustTake()).payload.cache).toEqual(cachesWith('protected'));
    // Elsewhere it depends on who runs the pipeline
    const dev = await app.addPerson('cache-developer');
    await project.addMember(dev, 30);
    await project.commit({ 'other.txt': 'x' }, { branch: 'feature', from: sha });
    await project.run({ ref: 'feature', as: dev });
    expect((await runner.mustTake()).payload.cache).toEqual(cachesWith('non_protected'));
    await project.run({ ref: 'feature' });
    expect((await runner.mustTake()).payload.cache).toEqual(cachesWith('protected'));
  });

  it('44. before_script and script are one step, after_script another', async () => {
    const { payload } = await jobOf(`
default: { before_script: [before], after_script: [after] }
a:
  timeout: 20 minutes
  script:
    - one
    - |
      two
      three
`);
    expect(payload.steps).toEqual([
      {
        name: 'script',
        script: ['before', 'one', 'two\nthree\n'],
        timeout: 1200,
        when: 'on_success',
        allow_failure: false,
      },
      { name: 'after_script', script: ['after'], timeout: 1200, when: 'always', allow_failure: true },
    ]);
    expect((await jobOf('a: { script: x }\n')).payload.steps).toHaveLength(1);
  });

  it('45, 46. can be fetched as it says, with the job’s token and no other', async () => {
    const { project, runner, pipeline } = await app.scene('a: { script: a }\n');
    await project.commit({ 'file.txt': 'text' }, { branch: 'other' });
    const job = await runner.mustTake();
    const info = job.payload.git_info;
    expect(info).toMatchObject({
      ref: 'main',
      ref_type: 'branch',
      sha: await project.headOf('main'),
      before_sha: '0'.repeat(40),
      depth: 20,
      protected: true,
      repo_object_format: 'sha1',
    });
    const folder = temporaryFolder('payload');
    await git(folder, 'init', '--quiet');
    const url = info.repo_url.replace(/https:\/\/(.*@)[^/]*/, `http://$1${app.url.slice('http://'.length)}`);
    const fetch = (from: string) =>
      tryGit(folder, ['fetch', '--quiet', '--depth', String(info.depth), from, ...info.refspecs]);
    expect((await fetch(url)).code).toBe(0);
    expect(await git(folder, 'rev-parse', `refs/pipelines/${pipeline.id}`)).toBe(info.sha);
    expect(await git(folder, 'rev-parse', 'refs/remotes/origin/main')).toBe(info.sha);
    expect((await fetch(url.replace(job.token, 'glcbt-64_wrong'))).code).not.toBe(0);
    await job.start();
    await job.succeed();
    expect((await fetch(url)).code).not.toBe(0);
  });

  it('45. can be fetched although the branch has moved on or is gone', async () => {
    const { project, runner } = await app.scene('a: { script: a }\n');
    const sha = (await project.headOf('main')) ?? '';
    const gone = await project.commit({ y: 'y' }, { branch: 'doomed', from: sha });
    const pipeline = await project.run({ ref: 'doomed' });
    await app.settle();
    await project.removeBranch('doomed');
    await project.commit({ x: 'x' });
    const [first, second] = [await runner.mustTake(), await runner.mustTake()];
    expect([first.payload.git_info.sha, second.payload.git_info.sha]).toEqual([sha, gone]);
    expect(second.payload.git_info.refspecs).toEqual([`+${gone}:refs/pipelines/${pipeline.id}`]);
    const folder = temporaryFolder('payload');
    await git(folder, 'init', '--quiet');
    for (const { payload } of [first, second]) {
      const { repo_url: url, refspecs } = payload.git_info;
      const from = url.replace(/https:\/\/(.*@)[^/]*/, `http://$1${app.url.slice('http://'.length)}`);
      expect((await tryGit(folder, ['fetch', '--quiet', '--depth', '20', from, ...refspecs])).stderr).toBe('');
    }
  });

  it('45. names the tag of a tag pipeline', async () => {
    const { project, runner } = await app.scene('a: { script: a }\n');
    const sha = (await project.headOf('main')) ?? '';
    await project.tag('v1', sha, 'First release');
    await runner.mustTake();
    const pipeline = await project.run({ ref: 'v1' });
    const { git_info: info } = (await runner.mustTake()).payload;
    expect(info).toMatchObject({ ref: 'v1', ref_type: 'tag', sha, protected: false });
    expect(info.refspecs).toEqual([`+${sha}:refs/pipelines/${pipeline.id}`, '+refs/tags/v1:refs/tags/v1']);
  });

  it.each([
    ['variables: { GIT_DEPTH: "3" }\n', 3],
    ['variables: { GIT_DEPTH: 5 }\n', 5],
    ['variables: { DEPTH: "7", GIT_DEPTH: $DEPTH }\n', 7],
    ['variables: { GIT_DEPTH: "0" }\n', 0],
    ['variables: { GIT_DEPTH: deep }\n', 20],
    ['variables: { GIT_DEPTH: "" }\n', 20],
    ['', 20],
  ])('47. has the depth of %j', async (variables, depth) => {
    const { payload } = await jobOf(`${variables}a: { script: a }\n`);
    expect(payload.git_info.depth).toBe(depth);
    expect(payload.git_info.refspecs.slice(1)).toEqual(
      depth === 0
        ? ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*']
        : ['+refs/heads/main:refs/remotes/origin/main'],
    );
  });

  it('47. has the project’s depth and strategy', async () => {
    const project = await app.addProject('a: { script: a }\n');
    await project.set({ ci_default_git_depth: '50', build_git_strategy: 'clone' });
    await project.run();
    const { payload } = await (await app.addRunner(project)).mustTake();
    expect([payload.git_info.depth, payload.allow_git_fetch]).toEqual([50, false]);
    expect((await jobOf('a: { script: a }\n')).payload.allow_git_fetch).toBe(true);
  });

  it.each([
    ['a: { script: a }\n', {}, 3600, 'project'],
    ['a: { script: a, timeout: 2h }\n', {}, 7200, 'job'],
    ['a: { script: a, timeout: 2h }\n', { maximum_timeout: '1800' }, 1800, 'runner'],
    ['a: { script: a, timeout: 10m }\n', { maximum_timeout: '1800' }, 600, 'job'],
    ['a: { script: a }\n', { maximum_timeout: '3600' }, 3600, 'project'],
  ] as const)('48. %j with the runner’s %j has %d seconds, from the %s', async (config, settings, timeout, source) => {
    const project = await app.addProject(config);
    await project.run();
    const job = await (await app.addRunner(project, settings)).mustTake();
    expect([job.payload.runner_info.timeout, job.payload.steps[0]?.timeout]).toEqual([timeout, timeout]);
    const row = await app.db
      .selectFrom('jobs')
      .select(['timeout', 'timeout_source'])
      .where('id', '=', job.id)
      .executeTakeFirst();
    expect(row).toEqual({ timeout, timeout_source: source });
  });

  it('53. has the archive first, then each report as GitLab sends it', async () => {
    const { payload } = await jobOf(`
a:
  script: a
  artifacts:
    name: "out-$CI_JOB_NAME"
    paths: [dist/, "*.log"]
    exclude: [dist/tmp/]
    untracked: true
    when: always
    expire_in: 1 week
    reports: { junit: [a.xml, b.xml], dotenv: build.env, codequality: quality.json }
`);
    expect(payload.artifacts).toEqual([
      {
        name: 'out-$CI_JOB_NAME',
        untracked: true,
        paths: ['dist/', '*.log'],
        exclude: ['dist/tmp/'],
        when: 'always',
        expire_in: '1 week',
        artifact_type: 'archive',
        artifact_format: 'zip',
      },
      {
        name: 'junit.xml',
        paths: ['a.xml', 'b.xml'],
        when: 'always',
        expire_in: '1 week',
        artifact_type: 'junit',
        artifact_format: 'gzip',
      },
      {
        name: '.env',
        paths: ['build.env'],
        when: 'always',
        expire_in: '1 week',
        artifact_type: 'dotenv',
        artifact_format: 'gzip',
      },
      {
        name: 'gl-code-quality-report.json',
        paths: ['quality.json'],
        when: 'always',
        expire_in: '1 week',
        artifact_type: 'codequality',
        artifact_format: 'raw',
      },
    ]);
    expect((await jobOf('a: { script: a, artifacts: { paths: [x] } }\n')).payload.artifacts).toEqual([
      {
        name: null,
        untracked: false,
        paths: ['x'],
        when: 'on_success',
        artifact_type: 'archive',
        artifact_format: 'zip',
      },
    ]);
  });

  it('has image and services as objects', async () => {
    const { payload } = await jobOf(`
a:
  image: { name: node:22, entrypoint: [""], pull_policy: if-not-present }
  services:
    - postgres:17
    - { name: redis, alias: cache, command: [redis-server], variables: { A: b } }
  script: a
`);
    expect(payload.image).toEqual({
      name: 'node:22',
      entrypoint: [''],
      pull_policy: ['if-not-present'],
      ports: [],
      executor_opts: {},
    });
    expect(payload.services).toMatchObject([
      { name: 'postgres:17', entrypoint: null, command: null, variables: [] },
      { name: 'redis', alias: 'cache', command: ['redis-server'], variables: [{ key: 'A', value: 'b' }] },
    ]);
  });

  it('55. wants sections, and names the failures that can be stored', async () => {
    const { features } = (await jobOf('a: { script: a }\n')).payload;
    expect(features.trace_sections).toBe(true);
    expect(features.failure_reasons).toEqual(
      expect.arrayContaining(['script_failure', 'runner_system_failure', 'unknown_failure', 'runner_interrupted']),
    );
  });

  it('56. has hooks where they are configured', async () => {
    const { payload } = await jobOf('a: { script: a, hooks: { pre_get_sources_script: [one, two] } }\n');
    expect(payload.hooks).toEqual([{ name: 'pre_get_sources_script', script: ['one', 'two'] }]);
  });
});

describe('D. 54. dependencies', () => {
  /** An empty archive. */
  const ZIP = Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64');

  const CONFIG = `
stages: [one, two, three]
zip: { stage: one, script: z, artifacts: { paths: [z] } }
plain: { stage: one, script: p }
late: { stage: two, script: l, artifacts: { paths: [l] } }
KEYWORDS
`;

  const dependenciesOf = async (keywords: string) => {
    const { runner } = await app.scene(CONFIG.replace('KEYWORDS', `last: { stage: three, script: x, ${keywords} }`));
    for (let job = await runner.mustTake(); ; job = await runner.mustTake()) {
      if (job.name === 'last') {
        const { dependencies } = job.payload;
        expect((dependencies ?? []).every(({ token }) => token === job.token)).toBe(true);
        return { job, found: (dependencies ?? []).map(({ name, artifacts_file: file }) => [name, file?.filename]) };
      }
      await job.start();
      if (job.name !== 'plain') expect((await job.upload(ZIP, `${job.name}.zip`)).status).toBe(201);
      await job.succeed();
    }
  };

  it.each([
    [
      '',
      [
        ['zip', 'zip.zip'],
        ['plain', undefined],
        ['late', 'late.zip'],
      ],
    ],
    ['dependencies: [late]', [['late', 'late.zip']]],
    ['dependencies: []', []],
    [
      'needs: [zip, late]',
      [
        ['zip', 'zip.zip'],
        ['late', 'late.zip'],
      ],
    ],
    ['needs: [{ job: zip, artifacts: false }, late]', [['late', 'late.zip']]],
    ['needs: [zip, late], dependencies: [zip]', [['zip', 'zip.zip']]],
  ] as const)('with %j', async (keywords, expected) => {
    expect((await dependenciesOf(keywords)).found).toEqual(expected);
  });

  it('are those of the latest attempt, and can be downloaded with the running job’s token', async () => {
    const { pipeline, runner } = await app.scene(`
a: { script: a, artifacts: { paths: [x] } }
b: { script: b, needs: [a] }
`);
    const first = await runner.mustTake('a');
    await first.start();
    await first.upload(ZIP, 'first.zip');
    await first.succeed();
    await pipeline.post('b', 'cancel');
    await pipeline.post('a', 'retry');
    const second = await runner.mustTake('a');
    await second.start();
    await second.upload(ZIP, 'second.zip');
    await second.succeed();
    await pipeline.post('b', 'retry');
    const b = await runner.mustTake('b');
    expect(b.payload.dependencies).toEqual([
      { id: second.id, name: 'a', token: b.token, artifacts_file: { filename: 'second.zip', size: ZIP.length } },
    ]);
    const file = await b.download(second.id);
    expect([file.status, file.bytes.equals(ZIP)]).toEqual([200, true]);
  });
});
