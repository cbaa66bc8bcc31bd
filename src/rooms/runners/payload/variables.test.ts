import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeJob } from '../../../../test/support/fake-runner.ts';
import { startTestApp, type TestApp } from '../../../../test/support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const CONFIG = 'a: { script: a }\n';

/** What the shell sees: the last definition of each name. */
const environmentOf = (job: FakeJob): Readonly<Record<string, string>> =>
  Object.fromEntries(job.payload.variables.map(({ key, value }) => [key, value]));

const flagsOf = (job: FakeJob, key: string) => job.payload.variables.findLast((variable) => variable.key === key);

describe('precedence', () => {
  it('from the weakest to the strongest', async () => {
    const project = await app.addProject(`
variables: { CI_PROJECT_NAME: root, V1: root, V2: root, V3: root, V4: root, V5: root, V6: root, V7: root, GITLAB_USER_LOGIN: root }
workflow:
  rules:
    - if: $CI_COMMIT_BRANCH
      variables: { V2: workflow, V3: workflow, V4: workflow, V5: workflow, V6: workflow, V7: workflow }
source:
  script: s
  artifacts: { reports: { dotenv: d } }
a:
  needs: [source]
  script: a
  when: manual
  variables: { V3: job, V4: job, V5: job, V6: job, V7: job }
  rules:
    - if: $CI_COMMIT_BRANCH
      when: manual
      variables: { V4: rule, V5: rule, V6: rule, V7: rule }
`);
    await project.addVariable({ key: 'V6', value: 'project' });
    await project.addVariable({ key: 'V7', value: 'project' });
    const runner = await app.addRunner(project);
    const pipeline = await project.run({
      variables: [
        { key: 'V7', value: 'pipeline' },
        { key: 'V8', value: 'pipeline' },
      ],
    });
    const source = await runner.mustTake('source');
    await source.start();
    const gzip = gzipSync('V5=dotenv\nV6=dotenv\n');
    expect((await source.upload(gzip, '.env.gz', { artifact_type: 'dotenv', artifact_format: 'gzip' })).status).toBe(
      201,
    );
    await source.succeed();
    await pipeline.post('a', 'play', { json: { job_variables_attributes: [{ key: 'V8', value: 'played' }] } });
    expect(environmentOf(await runner.mustTake('a'))).toMatchObject({
      CI_PROJECT_NAME: 'root',
      V1: 'root',
      V2: 'workflow',
      V3: 'job',
      V4: 'rule',
      V5: 'dotenv',
      V6: 'project',
      V7: 'pipeline',
      V8: 'played',
      GITLAB_USER_LOGIN: project.owner.user.username,
    });
  });

  it('leaves what the job’s environment says beyond everybody’s reach', async () => {
    const project = await app.addProject('a: { script: a, environment: { name: prod } }\n');
    await project.addVariable({ key: 'CI_ENVIRONMENT_SLUG', value: 'forged' });
    const runner = await app.addRunner(project);
    await project.run({ variables: [{ key: 'CI_ENVIRONMENT_SLUG', value: 'forged' }] });
    expect(environmentOf(await runner.mustTake())['CI_ENVIRONMENT_SLUG']).toBe('prod');
  });
});

describe('expansion', () => {
  it('is done by the server, but for files, raw values and unknown names', async () => {
    const project = await app.addProject(`
variables:
  NESTED: "$PLAIN and \${OTHER}"
  OTHER: "[$PLAIN]"
  PLAIN: plain
  WITH_FILE: "$CONFIG_FILE"
  WITH_RAW: "$RAW"
  UNKNOWN: "$NOT_THERE-x"
  ESCAPED: "$$PLAIN"
  RAW_YAML: { value: "$PLAIN", expand: false }
a: { script: a, variables: { IN_JOB: "$CI_JOB_NAME/$OTHER" } }
`);
    await project.addVariable({ key: 'CONFIG_FILE', value: 'text $PLAIN', variable_type: 'file' });
    await project.addVariable({ key: 'RAW', value: '$PLAIN', raw: 'true' });
    await project.addVariable({ key: 'OF_PROJECT', value: 'has $PLAIN' });
    const runner = await app.addRunner(project);
    await project.run({ variables: [{ key: 'GIVEN', value: '$PLAIN!' }] });
    const job = await runner.mustTake();
    expect(environmentOf(job)).toMatchObject({
      NESTED: 'plain and [plain]',
      OTHER: '[plain]',
      WITH_FILE: '$CONFIG_FILE',
      WITH_RAW: '$RAW',
      UNKNOWN: '$NOT_THERE-x',
      ESCAPED: '$$PLAIN',
      RAW_YAML: '$PLAIN',
      IN_JOB: 'a/[plain]',
      OF_PROJECT: 'has plain',
      GIVEN: 'plain!',
      RAW: '$PLAIN',
    });
    expect(flagsOf(job, 'RAW')).toMatchObject({ raw: true });
    expect(flagsOf(job, 'RAW_YAML')).toEqual({
      key: 'RAW_YAML',
      value: '$PLAIN',
      public: true,
      masked: false,
      raw: true,
    });
    expect(flagsOf(job, 'CONFIG_FILE')).toMatchObject({ file: true });
  });

  it('refuses a circle, and leaves one that comes later as it is written', async () => {
    const circle = await app.addProject(CONFIG);
    await circle.addVariable({ key: 'A', value: '$B' });
    await circle.addVariable({ key: 'B', value: '$A' });
    const refused = await circle.call('POST', '/pipeline', { json: { ref: 'main' } });
    expect(refused.refusal).toEqual([
      400,
      { message: { base: ['a: circular variable reference detected: ["A", "B"]'] } },
    ]);
    const { pipeline, runner } = await app.scene(
      'a: { script: a, when: manual, variables: { A: $B, C: "$CI_JOB_NAME" } }\n',
    );
    const json = { job_variables_attributes: [{ key: 'B', value: '$A' }] };
    expect((await pipeline.post('a', 'play', { json })).status).toBe(200);
    expect(environmentOf(await runner.mustTake())).toMatchObject({ A: '$B', B: '$A' });
  });
});

describe('variables of the project', () => {
  it('have their flags', async () => {
    const project = await app.addProject(CONFIG);
    await project.addVariable({ key: 'SECRET', value: 'hunter2hunter2', masked: 'true', raw: 'true' });
    await project.addVariable({ key: 'KEY_FILE', value: 'multi\nline\n', variable_type: 'file' });
    const runner = await app.addRunner(project);
    await project.run();
    const job = await runner.mustTake();
    expect(flagsOf(job, 'SECRET')).toEqual({
      key: 'SECRET',
      value: 'hunter2hunter2',
      public: false,
      masked: true,
      raw: true,
    });
    expect(flagsOf(job, 'KEY_FILE')).toEqual({
      key: 'KEY_FILE',
      value: 'multi\nline\n',
      public: false,
      masked: false,
      file: true,
    });
  });

  it('that are protected reach protected refs only, also the rules', async () => {
    const project = await app.addProject('a: { script: a }\nb: { script: b, rules: [{ if: $GUARDED }] }\n');
    await project.commit({}, { branch: 'open', from: (await project.headOf('main')) ?? '' });
    await project.addVariable({ key: 'GUARDED', value: 'yes', protected: 'true' });
    const runner = await app.addRunner(project);
    await project.run({ ref: 'open' });
    const open = await runner.mustTake('a');
    expect([open.variable('GUARDED'), open.variable('CI_COMMIT_REF_PROTECTED')]).toEqual([undefined, 'false']);
    expect(await runner.take()).toBeUndefined();
    await project.run();
    expect((await runner.mustTake('a')).variable('GUARDED')).toBe('yes');
    expect((await runner.mustTake('b')).variable('GUARDED')).toBe('yes');
  });

  it('of a pipeline made while its branch was protected stay with it, as the mark at its creation says', async () => {
    const { project, pipeline, runner } = await app.scene(CONFIG);
    await project.addVariable({ key: 'GUARDED', value: 'yes', protected: 'true' });
    await project.call('DELETE', '/protected_branches/main');
    expect((await runner.mustTake()).variable('GUARDED')).toBe('yes');
    await pipeline.call('POST', '/cancel');
    await project.run();
    expect((await runner.mustTake()).variable('GUARDED')).toBeUndefined();
  });

  it('with an environment’s scope reach its jobs only, the more exact one wins', async () => {
    const project = await app.addProject(`
none: { script: a }
prod: { script: b, environment: { name: prod } }
review: { script: c, environment: { name: review/$CI_COMMIT_REF_NAME } }
`);
    for (const [scope, value] of [
      ['*', 'everywhere'],
      ['prod', 'prod'],
      ['review/*', 'any review'],
      ['review/main', 'this review'],
    ] as const) {
      await project.addVariable({ key: 'WHERE', value, environment_scope: scope });
    }
    await project.addVariable({ key: 'ONLY', value: 'prod', environment_scope: 'pr*' });
    const runner = await app.addRunner(project);
    await project.run();
    const seen = new Map<string, readonly unknown[]>();
    for (let job = await runner.take(); job !== undefined; job = await runner.take()) {
      seen.set(job.name, [job.variable('WHERE'), job.variable('ONLY')]);
    }
    expect(Object.fromEntries(seen)).toEqual({
      none: ['everywhere', undefined],
      prod: ['prod', 'prod'],
      review: ['this review', undefined],
    });
  });
});

describe('dotenv variables', () => {
  it('reach those that depend on the job with its artifacts, and nobody else', async () => {
    const { runner } = await app.scene(`
stages: [one, two]
source: { stage: one, script: s, artifacts: { reports: { dotenv: d } } }
all: { stage: two, script: a }
needing: { stage: two, script: n, needs: [source] }
without: { stage: two, script: w, needs: [{ job: source, artifacts: false }] }
none: { stage: two, script: x, dependencies: [] }
`);
    const source = await runner.mustTake('source');
    await source.start();
    await source.upload(gzipSync('VERSION=1.2\n'), '.env.gz', { artifact_type: 'dotenv', artifact_format: 'gzip' });
    await source.succeed();
    const seen = new Map<string, unknown>();
    for (let job = await runner.take(); job !== undefined; job = await runner.take()) {
      seen.set(job.name, job.variable('VERSION'));
    }
    expect(Object.fromEntries(seen)).toEqual({ all: '1.2', needing: '1.2', without: undefined, none: undefined });
  });
});
