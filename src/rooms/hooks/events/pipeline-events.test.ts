import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countStatements } from '../../../../test/support/count-statements.ts';
import { blockKeys, documentedKeys } from '../../../../test/support/documented-events.ts';
import { EventWitness, type WitnessedEvent } from '../../../../test/support/event-witness.ts';
import { FAILED } from '../../../../test/support/fake-runner.ts';
import { EXTERNAL_URL, startTestApp, type TestApp } from '../../../../test/support/test-app.ts';

const UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

let app: TestApp;
let witness: EventWitness;

beforeAll(async () => {
  app = await startTestApp();
  witness = new EventWitness(app);
});
afterAll(() => app.close());

const keysAt = (event: WitnessedEvent | undefined, ...path: (string | number)[]): readonly string[] =>
  Object.keys(Object(event?.payload.at(...path))).sort();

const statuses = (events: readonly WitnessedEvent[]): readonly unknown[] =>
  events.map(({ payload }) => payload.at('object_attributes', 'status'));

const jobs = (events: readonly WitnessedEvent[]): readonly string[] =>
  events.map(({ payload }) => `${payload.string('build_name')} ${payload.string('build_status')}`);

describe('a pipeline', () => {
  const CONFIG = `
workflow: { name: Nightly }
stages: [build, test]
compile: { stage: build, script: make, artifacts: { paths: [out] } }
unit: { stage: test, script: make test }
by-hand: { stage: test, script: x, when: manual, environment: { name: production, action: prepare } }`;

  it('is told of at each change of its status, with its jobs', async () => {
    const project = await app.addProject(CONFIG, { settings: { name: 'Piped' } });
    const runner = await app.addRunner(project, { tag_list: 'linux,docker', description: 'mine' });
    await runner.take();
    await witness.listenTo(project.id, 'pipeline_events');
    await project.addVariable({ key: 'SECRET', value: 'of-the-project', masked: 'true' });
    await witness.take();
    const variables = [
      { key: 'PLAIN', value: 'shown' },
      { key: 'SECRET', value: 'given-by-hand' },
    ];
    const pipeline = await project.run({ variables });
    const [created] = await witness.take();
    expect(created?.payload.body).toMatchObject({
      object_kind: 'pipeline',
      object_attributes: { status: 'pending', detailed_status: 'pending', finished_at: null, duration: null },
      builds: [{ name: 'compile', status: 'pending', runner: null, started_at: null }, {}, {}],
    });
    app.clock.advance(10);
    const job = await runner.mustTake('compile');
    await job.start();
    expect(statuses(await witness.take())).toEqual(['running']);
    app.clock.advance(60);
    await job.end('success');
    app.clock.advance(5);
    await runner.work({ unit: FAILED });
    const events = await witness.take();
    expect(statuses(events)).toEqual(['failed']);
    const [event] = events;
    expect(event).toMatchObject({ name: 'pipeline', trigger: 'pipeline_events', subject: `pipeline:${pipeline.id}` });
    expect(event?.keys).toEqual(documentedKeys('pipeline'));
    expect(keysAt(event, 'object_attributes')).toEqual(blockKeys('pipeline'));
    expect(keysAt(event, 'builds', 0)).toEqual(blockKeys('build'));
    expect(keysAt(event, 'builds', 0, 'runner')).toEqual(blockKeys('runner'));
    expect(keysAt(event, 'user')).toEqual(blockKeys('user'));
    expect(keysAt(event, 'project')).toEqual(blockKeys('project'));
    expect(keysAt(event, 'commit')).toEqual(blockKeys('commit'));
    const url = `${EXTERNAL_URL}/${project.fullPath}`;
    expect(event?.payload.at('object_attributes')).toMatchObject({
      id: pipeline.id,
      iid: 1,
      name: 'Nightly',
      ref: 'main',
      ref_status_name: 'failed',
      tag: false,
      sha: await project.headOf('main'),
      source: 'api',
      status: 'failed',
      detailed_status: 'failed',
      stages: ['build', 'test'],
      created_at: expect.stringMatching(UTC),
      finished_at: expect.stringMatching(UTC),
      duration: 60,
      queued_duration: 10,
      protected_ref: true,
      variables: [
        { key: 'PLAIN', value: 'shown' },
        { key: 'SECRET', value: '[MASKED]' },
      ],
      url: `${url}/-/pipelines/${pipeline.id}`,
    });
    expect(event?.payload.body).toMatchObject({
      merge_request: null,
      user: { username: project.owner.user.username, email: '[REDACTED]', avatar_url: null },
      commit: { title: 'First commit', author: { email: project.owner.user.email } },
      builds: [
        {
          name: 'compile',
          stage: 'build',
          status: 'success',
          created_at: expect.stringMatching(UTC),
          started_at: expect.stringMatching(UTC),
          duration: 60,
          queued_duration: 10,
          failure_reason: null,
          when: 'on_success',
          manual: false,
          runner: { id: runner.id, description: 'mine', runner_type: 'project_type', active: true, is_shared: false },
          artifacts_file: { filename: null, size: null },
          environment: null,
        },
        { name: 'unit', status: 'failed', failure_reason: 'script_failure' },
        {
          name: 'by-hand',
          status: 'manual',
          manual: true,
          environment: { name: 'production', action: 'prepare', deployment_tier: 'production' },
        },
      ],
    });
  });

  it('tells how its ref goes, and in what state each fact was published, not what came of it', async () => {
    const project = await app.addProject('job: { script: x }');
    const runner = await app.addRunner(project);
    await witness.listenTo(project.id, 'pipeline_events');
    await project.run();
    await runner.work({ job: FAILED });
    await witness.take();
    const fixed = await project.run();
    await runner.work();
    const events = await witness.take();
    expect(statuses(events)).toEqual(['pending', 'running', 'success']);
    expect(events.map(({ payload }) => payload.at('object_attributes', 'ref_status_name'))).toEqual([
      'failed',
      'failed',
      'fixed',
    ]);
    expect(events.map(({ payload }) => payload.at('object_attributes', 'finished_at') === null)).toEqual([
      true,
      true,
      false,
    ]);
    expect(events[0]?.payload.number('object_attributes', 'id')).toBe(fixed.id);
  });

  it('that ends where it begins is told of too', async () => {
    const project = await app.addProject('job: { script: x }');
    await witness.listenTo(project.id, 'pipeline_events');
    await project.push('job: { scrip: x }');
    expect((await witness.takeOne('pipeline')).payload.body).toMatchObject({
      object_attributes: { status: 'failed', detailed_status: 'failed' },
      builds: [],
    });
  });

  it('of somebody who is blocked is told to nobody', async () => {
    const project = await app.addProject('job: { script: x }');
    const ben = await app.addPerson('ben');
    await project.addMember(ben, 40);
    await witness.listenTo(project.id, 'pipeline_events', 'job_events');
    await witness.take();
    await project.run({ as: ben });
    (await app.http('POST', `/users/${ben.user.id}/block`, { as: await app.root() })).must(201);
    expect(await witness.take()).toEqual([]);
  });
});

describe('a job', () => {
  it('is told of as it is created, waits, runs and ends', async () => {
    const project = await app.addProject('job: { script: x, environment: review/1 }', { settings: { name: 'Jobs' } });
    const runner = await app.addRunner(project);
    await witness.listenTo(project.id, 'job_events');
    await witness.take();
    const pipeline = await project.run();
    app.clock.advance(10);
    const job = await runner.mustTake('job');
    await job.start();
    app.clock.advance(20);
    await job.end(FAILED);
    const events = await witness.take();
    expect(jobs(events)).toEqual(['job created', 'job pending', 'job running', 'job failed']);
    const [created, , running, failed] = events;
    expect(created?.payload.body).toMatchObject({
      build_started_at: null,
      build_failure_reason: 'unknown_failure',
      runner: null,
    });
    expect(running?.payload.body).toMatchObject({
      build_finished_at: null,
      build_duration: 0,
      build_queued_duration: 10,
    });
    expect(failed).toMatchObject({ name: 'build', trigger: 'job_events', subject: `pipeline:${pipeline.id}` });
    expect(failed?.keys).toEqual(documentedKeys('build'));
    expect(keysAt(failed, 'commit')).toEqual(blockKeys('pipelineOfJob'));
    expect(keysAt(failed, 'repository')).toEqual(blockKeys('repository', 'oldRepository'));
    expect(keysAt(failed, 'project')).toEqual(blockKeys('project'));
    expect(failed?.payload.body).toMatchObject({
      object_kind: 'build',
      ref: 'main',
      tag: false,
      sha: await project.headOf('main'),
      retries_count: 0,
      build_id: job.id,
      build_stage: 'test',
      build_created_at: expect.stringMatching(UTC),
      build_started_at: expect.stringMatching(UTC),
      build_finished_at: expect.stringMatching(UTC),
      build_finished_at_iso: expect.stringMatching(ISO),
      build_duration: 20,
      build_queued_duration: 10,
      build_allow_failure: false,
      build_failure_reason: 'script_failure',
      pipeline_id: pipeline.id,
      runner: { id: runner.id },
      project_id: project.id,
      project_name: `${project.owner.user.name} / Jobs`,
      commit: {
        id: pipeline.id,
        name: null,
        message: 'First commit',
        author_email: project.owner.user.email,
        author_url: `${EXTERNAL_URL}/${project.owner.user.username}`,
        status: 'failed',
        duration: 20,
      },
      environment: { name: 'review/1', action: 'start' },
    });
    await pipeline.post('job', 'retry');
    const retried = await witness.take();
    expect(jobs(retried)).toEqual(['job created', 'job pending']);
    expect(retried[0]?.payload.body).toMatchObject({ retries_count: 1, build_finished_at: null });
  });

  it('of many is read with few statements', async () => {
    const count = 40;
    const project = await app.addProject(`job: { script: x, parallel: ${count} }`);
    await witness.listenTo(project.id, 'job_events');
    await witness.take();
    await project.run();
    await app.settle();
    const statements = await countStatements(app.database.pool).during(() => witness.take());
    expect(statements).toBeLessThan(40);
  });
});

describe('a commit with an endless message', () => {
  it('is told with its first line', async () => {
    const project = await app.addProject('job: { script: x }');
    await witness.listenTo(project.id, 'job_events', 'pipeline_events');
    await project.commit({ 'a.txt': 'a' }, { message: `Title\n\n${'x'.repeat(200_000)}` });
    await witness.take();
    await project.run();
    const events = await witness.take();
    const message = 'Title\n\n--commit message is too big';
    expect(new Set(events.map(({ payload }) => payload.at('commit', 'message')))).toEqual(new Set([message]));
  });
});

describe('a deployment', () => {
  it('is told of as it begins and ends, and while it waits for somebody', async () => {
    const project = await app.addProject(`
deploy: { script: x, environment: { name: staging, url: 'https://staging.example.com' } }
later: { script: x, when: manual, environment: { name: production } }`);
    const runner = await app.addRunner(project);
    await witness.listenTo(project.id, 'deployment_events');
    await witness.take();
    await project.run();
    app.clock.advance(10);
    await runner.work();
    const events = await witness.take();
    expect(events.map(({ payload }) => [payload.at('environment'), payload.at('status')])).toEqual([
      ['production', 'blocked'],
      ['staging', 'running'],
      ['staging', 'success'],
    ]);
    const event = events.at(-1);
    expect(event?.keys).toEqual(documentedKeys('deployment'));
    const url = `${EXTERNAL_URL}/${project.fullPath}`;
    const sha = (await project.headOf('main')) ?? '';
    expect(event?.payload.body).toMatchObject({
      object_kind: 'deployment',
      status: 'success',
      status_changed_at: expect.stringMatching(UTC),
      deployable_url: `${url}/-/jobs/${event?.payload.number('deployable_id')}`,
      environment: 'staging',
      environment_tier: 'staging',
      environment_slug: 'staging',
      environment_external_url: 'https://staging.example.com',
      short_sha: sha.slice(0, 8),
      user: { username: project.owner.user.username },
      user_url: `${EXTERNAL_URL}/${project.owner.user.username}`,
      commit_url: `${url}/-/commit/${sha}`,
      commit_title: 'First commit',
      ref: 'main',
    });
  });
});

describe('a release', () => {
  it('is told of when it is made, changed and deleted', async () => {
    const project = await app.addProject({ 'a.txt': 'a' });
    await witness.listenTo(project.id, 'releases_events');
    const json = {
      tag_name: 'v1',
      ref: 'main',
      name: 'One',
      description: 'First',
      assets: { links: [{ name: 'app', url: 'https://example.com/app', link_type: 'package' }] },
    };
    (await project.call('POST', '/releases', { json })).must(201);
    const event = await witness.takeOne('release');
    expect(event.keys).toEqual(documentedKeys('release'));
    const url = `${EXTERNAL_URL}/${project.fullPath}`;
    expect(event.payload.body).toMatchObject({
      object_kind: 'release',
      action: 'create',
      name: 'One',
      tag: 'v1',
      description: 'First',
      created_at: expect.stringMatching(UTC),
      released_at: expect.stringMatching(UTC),
      url: `${url}/-/releases/v1`,
      assets: {
        count: 5,
        links: [{ id: expect.any(Number), link_type: 'package', name: 'app', url: 'https://example.com/app' }],
        sources: [{ format: 'zip' }, { format: 'tar.gz' }, { format: 'tar.bz2' }, { format: 'tar' }],
      },
      commit: { id: await project.headOf('main') },
    });
    (await project.call('PUT', '/releases/v1', { json: { name: 'Uno' } })).must(200);
    expect((await witness.takeOne('release')).payload.body).toMatchObject({ action: 'update', name: 'Uno' });
    (await project.call('DELETE', '/releases/v1')).must(200);
    expect((await witness.takeOne('release')).payload.body).toMatchObject({ action: 'delete', name: 'Uno', tag: 'v1' });
  });
});
