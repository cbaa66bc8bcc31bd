import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, temporaryFolder } from '../../../../test/support/git-client.ts';
import { startTestApp, type TestApp } from '../../../../test/support/test-app.ts';
import type { TestProject } from '../../../../test/support/test-project.ts';
import { ROLES } from '../../projects/role.ts';
import { NO_SHA, type Pushed } from '../../repositories/index.ts';
import { onPushed } from './on-pushed.ts';

const CONFIG = 'a:\n  script: a\n';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

/** What the list of pipelines says, oldest first. */
const pipelines = async (project: TestProject, ...fields: readonly string[]) =>
  (await project.call('GET', '/pipelines', { query: { sort: 'asc' } }))
    .must(200)
    .rows()
    .map((row) => fields.map((field) => row.at(field)));

describe('a push', () => {
  it('makes a pipeline of the one who pushed, with the commit before', async () => {
    const project = await app.addProject(CONFIG);
    const maintainer = await app.addPerson('maintainer');
    await project.addMember(maintainer, ROLES.maintainer);
    const before = await project.headOf('main');
    const sha = await project.push({ x: 'x' }, { by: maintainer });
    const pipeline = await (await project.newestPipeline()).get();
    expect(pipeline.body).toMatchObject({
      sha,
      before_sha: before,
      ref: 'main',
      tag: false,
      source: 'push',
      status: 'pending',
      user: { username: 'maintainer' },
    });
    expect(await app.db.selectFrom('push_intents').select('id').execute()).toEqual([]);
  });

  it('makes one for each branch and tag that it creates or moves, none for what it deletes', async () => {
    const project = await app.addProject(CONFIG);
    const main = (await project.headOf('main')) ?? '';
    await project.commit({}, { branch: 'gone', from: main });
    await project.commit({ y: 'y' }, { branch: 'moved', from: main });
    const moved = (await project.headOf('moved')) ?? '';
    await project.pushRefs([
      { ref: 'refs/heads/gone', old: (await project.headOf('gone')) ?? '', new: NO_SHA },
      { ref: 'refs/heads/moved', old: moved, new: main },
      { ref: 'refs/heads/new', old: NO_SHA, new: moved },
      { ref: 'refs/tags/v1', old: NO_SHA, new: main },
    ]);
    expect((await pipelines(project, 'ref', 'source', 'sha')).toSorted()).toEqual([
      ['moved', 'push', main],
      ['new', 'push', moved],
      ['v1', 'push', main],
    ]);
    const before = await Promise.all(
      (await pipelines(project, 'id')).map(async ([id]) => (await project.pipeline(Number(id)).get()).body),
    );
    expect(before).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ref: 'moved', before_sha: moved, tag: false }),
        expect.objectContaining({ ref: 'new', before_sha: NO_SHA, tag: false }),
        expect.objectContaining({ ref: 'v1', before_sha: NO_SHA, tag: true }),
      ]),
    );
  });

  it('of an annotated tag runs the commit that it names', async () => {
    const project = await app.addProject(CONFIG);
    const main = (await project.headOf('main')) ?? '';
    await project.pushTag('v2', main, { message: 'Second' });
    expect(await pipelines(project, 'ref', 'sha')).toEqual([['v2', main]]);
  });

  it('of more than four refs makes none', async () => {
    const project = await app.addProject(CONFIG);
    const main = (await project.headOf('main')) ?? '';
    const refs = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, index) => ({ ref: `refs/heads/${prefix}${index}`, old: NO_SHA, new: main }));
    await project.pushRefs(refs(5, 'five-'));
    expect(await project.countPipelines()).toBe(0);
    await project.pushRefs(refs(4, 'four-'));
    expect(await project.countPipelines()).toBe(4);
  });

  it('counts deleted refs not among the four', async () => {
    const project = await app.addProject(CONFIG);
    const main = (await project.headOf('main')) ?? '';
    const gone = ['a', 'b', 'c'].map((name) => ({ ref: `refs/heads/gone-${name}`, old: NO_SHA, new: main }));
    await project.pushRefs(gone, { options: ['ci.skip'] });
    const before = await project.countPipelines();
    await project.pushRefs([
      ...gone.map(({ ref }) => ({ ref, old: main, new: NO_SHA })),
      { ref: 'refs/heads/kept-1', old: NO_SHA, new: main },
      { ref: 'refs/heads/kept-2', old: NO_SHA, new: main },
    ]);
    expect(await project.countPipelines()).toBe(before + 2);
  });

  it.each(['x [skip ci]', 'x [ci skip]', 'x\n\nand [CI-SKIP] here', '[skip_ci]', '[ci_skip] x', 'x [Skip-CI]'])(
    'whose last commit says %j leaves a skipped pipeline without jobs',
    async (message) => {
      const project = await app.addProject(CONFIG);
      await project.push({ x: 'x' }, { message });
      const pipeline = await project.newestPipeline();
      expect((await pipeline.get()).body).toMatchObject({
        status: 'skipped',
        source: 'push',
        yaml_errors: null,
        started_at: null,
        finished_at: null,
      });
      expect(await pipeline.jobs()).toEqual([]);
    },
  );

  it('is not skipped for words that only look so', async () => {
    const project = await app.addProject(CONFIG);
    await project.push({ x: 'x' }, { message: 'skip ci, (skip ci), [skip  ci], [skipci]' });
    expect(await (await project.newestPipeline()).status()).toBe('pending');
  });

  it('is skipped before the configuration is looked at', async () => {
    const project = await app.addProject({ 'README.md': 'x' });
    await project.push('a: [\n', { message: '[skip ci]' });
    expect(await (await project.newestPipeline()).status()).toBe('skipped');
  });

  it('leaves a failed pipeline for a configuration that is broken, and none where there is none', async () => {
    const project = await app.addProject({ 'README.md': 'x' });
    await project.push({ 'README.md': 'y' });
    expect(await project.countPipelines()).toBe(0);
    await project.push('a:\n  stage: none\n  script: a\n');
    expect((await (await project.newestPipeline()).get()).body).toMatchObject({
      status: 'failed',
      source: 'push',
      yaml_errors: expect.stringContaining('none'),
    });
  });

  it('makes none of a reporter, of jobs, and where CI/CD is switched off', async () => {
    const project = await app.addProject(CONFIG);
    const reporter = await app.addPerson('reporter');
    await project.addMember(reporter, ROLES.reporter);
    await project.push({ x: 'x' }, { by: reporter });
    await project.set({ builds_access_level: 'disabled' });
    await project.push({ y: 'y' });
    await project.set({ builds_access_level: 'enabled' });
    expect(await project.countPipelines()).toBe(0);
  });
});

describe('push options', () => {
  it('ci.skip and ci.variable', async () => {
    const project = await app.addProject(CONFIG);
    await project.push({ x: '1' }, { options: ['ci.skip'] });
    expect(await (await project.newestPipeline()).status()).toBe('skipped');
    await project.push({ x: '2' }, { options: ['ci.variable=A=1=2', 'ci.variable=B=', 'ci.variable=', 'other'] });
    const pipeline = await project.newestPipeline();
    expect((await pipeline.call('GET', '/variables')).body).toEqual([
      { variable_type: 'env_var', key: 'A', value: '1=2', raw: false },
      { variable_type: 'env_var', key: 'B', value: '', raw: false },
    ]);
  });

  it('come with a real push', async () => {
    const project = await app.addProject(CONFIG);
    const folder = temporaryFolder('push');
    const remote = `http://x:${project.owner.token}@${app.url.slice('http://'.length)}/${project.fullPath}.git`;
    await git(folder, 'clone', '--quiet', remote, 'work');
    const work = `${folder}/work`;
    await git(work, 'commit', '--quiet', '--allow-empty', '-m', 'Empty');
    await git(work, 'push', '--quiet', '-o', 'ci.variable=GREETING=hello you', 'origin', 'HEAD');
    const pipeline = await project.newestPipeline();
    expect(await pipeline.status()).toBe('pending');
    expect((await pipeline.call('GET', '/variables')).pluck('value')).toEqual(['hello you']);
    await git(work, 'push', '--quiet', '-o', 'ci.skip', 'origin', 'HEAD:refs/heads/skipped');
    expect(await pipelines(project, 'ref', 'status')).toEqual([
      ['main', 'pending'],
      ['skipped', 'skipped'],
    ]);
  });

  it('with variables that the one who pushed may not set leave no pipeline', async () => {
    const project = await app.addProject(CONFIG);
    const developer = await app.addPerson('developer');
    await project.addMember(developer, ROLES.developer);
    await project.commit({}, { branch: 'open', from: (await project.headOf('main')) ?? '' });
    await project.push({ x: 'x' }, { branch: 'open', by: developer, options: ['ci.variable=A=1'] });
    expect(await project.countPipelines()).toBe(0);
    await project.push({ x: 'y' }, { branch: 'open', by: developer });
    expect(await project.countPipelines()).toBe(1);
  });
});

describe('a push that is told again', () => {
  const intentOf = async (project: TestProject, push: Omit<Pushed, 'pushIntentId'>): Promise<Pushed> => {
    const id = await app.parts.pushes.begin(push, push.updates);
    expect(project.id).toBe(push.projectId);
    return { ...push, pushIntentId: id };
  };

  const pushOf = async (project: TestProject, files: Readonly<Record<string, string>>): Promise<Pushed> => {
    const old = (await project.headOf('main')) ?? '';
    const sha = await project.commit(files);
    return intentOf(project, {
      projectId: project.id,
      userId: project.owner.user.id,
      updates: [{ ref: 'refs/heads/main', old, new: sha }],
      refCount: 1,
      pushOptions: [],
      viaJobToken: false,
    });
  };

  it('makes its pipeline once, also when two servers tell it at the same time', async () => {
    const project = await app.addProject(CONFIG);
    const push = await pushOf(project, { x: 'x' });
    await Promise.all([onPushed(app.parts, push), onPushed(app.parts, push), onPushed(app.parts, push)]);
    await onPushed(app.parts, push);
    expect(await pipelines(project, 'source', 'iid')).toEqual([['push', 1]]);
  });

  it('leaves its failed pipeline once', async () => {
    const project = await app.addProject(CONFIG);
    const push = await pushOf(project, { '.gitlab-ci.yml': 'a: [\n' });
    await Promise.all([onPushed(app.parts, push), onPushed(app.parts, push)]);
    await onPushed(app.parts, push);
    expect(await pipelines(project, 'status', 'iid')).toEqual([['failed', 1]]);
  });

  it('is not answered otherwise when the refusal’s reason has gone since', async () => {
    const project = await app.addProject({ 'README.md': 'x' });
    const push = await pushOf(project, { 'README.md': 'y' });
    await onPushed(app.parts, push);
    await project.commit(CONFIG);
    await onPushed(app.parts, push);
    expect(await project.countPipelines()).toBe(0);
  });

  it('is completed by the server’s tick when the server that took it has died', async () => {
    const project = await app.addProject(CONFIG);
    const dying = await app.startAnother();
    const old = (await project.headOf('main')) ?? '';
    const sha = await project.commit({ x: 'x' });
    const push = { projectId: project.id, userId: project.owner.user.id, pushOptions: [], viaJobToken: false };
    await dying.parts.pushes.begin(push, [{ ref: 'refs/heads/main', old, new: sha }]);
    await app.tick('open pushes');
    expect(await project.countPipelines()).toBe(0);
    const { presence } = dying.parts;
    presence.close();
    // PostgreSQL lets the lock go when it sees that the connection has ended, a moment later.
    await expect.poll(() => app.parts.presence.isAlive(presence.id)).toBe(false);
    app.clock.advance(61);
    await app.tick('open pushes');
    expect(await pipelines(project, 'source', 'sha')).toEqual([['push', sha]]);
    await app.tick('open pushes');
    expect(await project.countPipelines()).toBe(1);
  });
});

describe('redundant pipelines', () => {
  const INTERRUPTIBLE = 'a:\n  script: a\n  interruptible: true\nb:\n  script: b\n  needs: [a]\n';

  it('are canceled when a newer commit comes, as far as nothing has begun that may not be interrupted', async () => {
    const project = await app.addProject(CONFIG);
    await project.push({ x: '1' });
    const first = await project.newestPipeline();
    await project.push({ x: '2' });
    await app.settle();
    expect(await first.status()).toBe('canceled');
    const second = await project.newestPipeline();
    const runner = await app.addRunner(project);
    await (await runner.mustTake('a')).start();
    await project.push({ x: '3' });
    await app.settle();
    expect([await second.status(), await (await project.newestPipeline()).status()]).toEqual(['running', 'pending']);
  });

  it('are canceled while only interruptible jobs have begun', async () => {
    const project = await app.addProject(INTERRUPTIBLE);
    await project.push({ x: '1' });
    const first = await project.newestPipeline();
    const runner = await app.addRunner(project);
    const job = await runner.mustTake('a');
    await job.start();
    await project.push({ x: '2' });
    await app.settle();
    expect(await first.statuses()).toEqual({ a: 'canceling', b: 'canceled' });
    await job.fail(0, 'job_canceled');
    expect(await first.status()).toBe('canceled');
  });

  it('lose only what may be interrupted with on_new_commit: interruptible, nothing with none', async () => {
    const workflow = (mode: string) =>
      `workflow:\n  auto_cancel: { on_new_commit: ${mode} }\n${INTERRUPTIBLE}c:\n  script: c\n`;
    for (const [mode, statuses] of [
      ['interruptible', { a: 'canceled', b: 'skipped', c: 'pending' }],
      ['none', { a: 'pending', b: 'created', c: 'pending' }],
    ] as const) {
      const project = await app.addProject(workflow(mode));
      await project.push({ x: '1' });
      const first = await project.newestPipeline();
      await project.push({ x: '2' });
      await app.settle();
      expect(await first.statuses()).toEqual(statuses);
    }
  });

  it('stay where the project wants them, on other refs and for the same commit', async () => {
    const project = await app.addProject(CONFIG);
    await project.set({ auto_cancel_pending_pipelines: 'disabled' });
    await project.push({ x: '1' });
    await project.push({ x: '2' });
    await app.settle();
    await project.set({ auto_cancel_pending_pipelines: 'enabled' });
    await project.push({ x: '3' }, { branch: 'other', from: (await project.headOf('main')) ?? '' });
    await project.run();
    await app.settle();
    expect(await pipelines(project, 'ref', 'status')).toEqual([
      ['main', 'canceled'],
      ['main', 'pending'],
      ['other', 'pending'],
      ['main', 'pending'],
    ]);
  });
});
