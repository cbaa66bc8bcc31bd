import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeJob } from '../../../../test/support/fake-runner.ts';
import { EXTERNAL_URL, startTestApp, type TestApp } from '../../../../test/support/test-app.ts';
import type { TestProject } from '../../../../test/support/test-project.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const CONFIG = 'a: { script: a }\n';
const ZEROS = '0'.repeat(40);

/** What the shell sees: the last definition of each name. */
const environmentOf = (job: FakeJob): Readonly<Record<string, string>> =>
  Object.fromEntries(job.payload.variables.map(({ key, value }) => [key, value]));

const flagsOf = (job: FakeJob, key: string) => job.payload.variables.findLast((variable) => variable.key === key);

/** Every job's, whatever its pipeline came from. */
const ALWAYS = [
  'CI',
  'CI_API_GRAPHQL_URL',
  'CI_API_V4_URL',
  'CI_COMMIT_AUTHOR',
  'CI_COMMIT_BEFORE_SHA',
  'CI_COMMIT_DESCRIPTION',
  'CI_COMMIT_MESSAGE',
  'CI_COMMIT_MESSAGE_IS_TRUNCATED',
  'CI_COMMIT_REF_NAME',
  'CI_COMMIT_REF_PROTECTED',
  'CI_COMMIT_REF_SLUG',
  'CI_COMMIT_SHA',
  'CI_COMMIT_SHORT_SHA',
  'CI_COMMIT_TIMESTAMP',
  'CI_COMMIT_TITLE',
  'CI_CONFIG_PATH',
  'CI_CONFIG_REF_URI',
  'CI_DEFAULT_BRANCH',
  'CI_DEFAULT_BRANCH_SLUG',
  'CI_JOB_GROUP_NAME',
  'CI_JOB_ID',
  'CI_JOB_NAME',
  'CI_JOB_NAME_SLUG',
  'CI_JOB_STAGE',
  'CI_JOB_STARTED_AT',
  'CI_JOB_STARTED_AT_SLUG',
  'CI_JOB_TOKEN',
  'CI_JOB_URL',
  'CI_NODE_TOTAL',
  'CI_PIPELINE_CREATED_AT',
  'CI_PIPELINE_ID',
  'CI_PIPELINE_IID',
  'CI_PIPELINE_SOURCE',
  'CI_PIPELINE_URL',
  'CI_PROJECT_CLASSIFICATION_LABEL',
  'CI_PROJECT_DESCRIPTION',
  'CI_PROJECT_ID',
  'CI_PROJECT_NAME',
  'CI_PROJECT_NAMESPACE',
  'CI_PROJECT_NAMESPACE_ID',
  'CI_PROJECT_NAMESPACE_SLUG',
  'CI_PROJECT_PATH',
  'CI_PROJECT_PATH_SLUG',
  'CI_PROJECT_REPOSITORY_LANGUAGES',
  'CI_PROJECT_ROOT_NAMESPACE',
  'CI_PROJECT_TITLE',
  'CI_PROJECT_TOPICS',
  'CI_PROJECT_URL',
  'CI_PROJECT_VISIBILITY',
  'CI_REPOSITORY_URL',
  'CI_RUNNER_DESCRIPTION',
  'CI_RUNNER_ID',
  'CI_RUNNER_TAGS',
  'CI_SERVER_FQDN',
  'CI_SERVER_HOST',
  'CI_SERVER_NAME',
  'CI_SERVER_PORT',
  'CI_SERVER_PROTOCOL',
  'CI_SERVER_REVISION',
  'CI_SERVER_SHELL_SSH_HOST',
  'CI_SERVER_SHELL_SSH_PORT',
  'CI_SERVER_URL',
  'CI_SERVER_VERSION',
  'CI_SERVER_VERSION_MAJOR',
  'CI_SERVER_VERSION_MINOR',
  'CI_SERVER_VERSION_PATCH',
  'CI_TEMPLATE_REGISTRY_HOST',
  'GITLAB_CI',
  'GITLAB_FEATURES',
  'GITLAB_USER_EMAIL',
  'GITLAB_USER_ID',
  'GITLAB_USER_LOGIN',
  'GITLAB_USER_NAME',
];

describe('predefined variables', () => {
  const scenes: readonly (readonly [string, readonly string[], (project: TestProject) => Promise<unknown>, object])[] =
    [
      [
        'push',
        ['CI_COMMIT_BRANCH'],
        (project) => project.push({ x: 'x' }, { message: 'Title\n\nMore\nlines\n' }),
        {
          CI_PIPELINE_SOURCE: 'push',
          CI_COMMIT_BRANCH: 'main',
          CI_COMMIT_TITLE: 'Title',
          CI_COMMIT_DESCRIPTION: '\nMore\nlines',
          CI_COMMIT_MESSAGE: 'Title\n\nMore\nlines\n',
          CI_COMMIT_BEFORE_SHA: expect.not.stringMatching(ZEROS),
          CI_COMMIT_REF_PROTECTED: 'true',
        },
      ],
      [
        'tag',
        ['CI_COMMIT_TAG', 'CI_COMMIT_TAG_MESSAGE'],
        async (project) => project.pushTag('v1.0', (await project.headOf('main')) ?? '', { message: 'First release' }),
        {
          CI_PIPELINE_SOURCE: 'push',
          CI_COMMIT_TAG: 'v1.0',
          CI_COMMIT_TAG_MESSAGE: 'First release',
          CI_COMMIT_REF_NAME: 'v1.0',
          CI_COMMIT_REF_SLUG: 'v1-0',
          CI_COMMIT_BEFORE_SHA: ZEROS,
          CI_COMMIT_REF_PROTECTED: 'false',
        },
      ],
      [
        'trigger',
        ['CI_COMMIT_BRANCH', 'CI_PIPELINE_TRIGGERED', 'CI_TRIGGER_SHORT_TOKEN', 'TRIGGER_PAYLOAD', 'GIVEN'],
        async (project) => {
          const form = { token: await project.addTrigger(), ref: 'main', 'variables[GIVEN]': 'yes' };
          (await project.anonymously('POST', '/trigger/pipeline', { form })).must(201);
        },
        {
          CI_PIPELINE_SOURCE: 'trigger',
          CI_PIPELINE_TRIGGERED: 'true',
          CI_TRIGGER_SHORT_TOKEN: expect.stringMatching(/^.{4}$/),
          CI_COMMIT_BEFORE_SHA: ZEROS,
          GIVEN: 'yes',
        },
      ],
      [
        'api',
        ['CI_COMMIT_BRANCH', 'GIVEN'],
        (project) => project.run({ variables: [{ key: 'GIVEN', value: 'yes' }] }),
        { CI_PIPELINE_SOURCE: 'api', CI_COMMIT_BEFORE_SHA: ZEROS, GIVEN: 'yes' },
      ],
    ];
  it.each(scenes)('of a pipeline by %s', async (_name, more, cause, values) => {
    const project = await app.addProject(CONFIG);
    const runner = await app.addRunner(project);
    await cause(project);
    const job = await runner.mustTake();
    const seen = environmentOf(job);
    expect(Object.keys(seen).toSorted()).toEqual([...ALWAYS, ...more].toSorted());
    expect(seen).toMatchObject(values);
  });

  it('have the values that GitLab gives them', async () => {
    const { pipeline, project, runner } = await app.scene(`
workflow: { name: "Run of $CI_COMMIT_BRANCH" }
"Build: all": { stage: test, script: a }
`);
    app.clock.advance(4);
    const job = await runner.mustTake();
    const sha = (await project.headOf('main')) ?? '';
    const { user } = project.owner;
    const [namespace, path] = project.fullPath.split('/');
    const started = `${app.clock.now().toISOString().slice(0, 19)}Z`;
    expect(environmentOf(job)).toMatchObject({
      CI: 'true',
      GITLAB_CI: 'true',
      CI_API_V4_URL: `${EXTERNAL_URL}/api/v4`,
      CI_COMMIT_AUTHOR: `${user.name} <${user.email}>`,
      CI_COMMIT_MESSAGE: 'First commit',
      CI_COMMIT_SHA: sha,
      CI_COMMIT_SHORT_SHA: sha.slice(0, 8),
      CI_CONFIG_PATH: '.gitlab-ci.yml',
      CI_DEFAULT_BRANCH: 'main',
      CI_JOB_ID: String(job.id),
      CI_JOB_NAME: 'Build: all',
      CI_JOB_NAME_SLUG: 'build--all',
      CI_JOB_STAGE: 'test',
      CI_JOB_STARTED_AT: started,
      CI_JOB_TOKEN: job.token,
      CI_JOB_URL: `${EXTERNAL_URL}/${project.fullPath}/-/jobs/${job.id}`,
      CI_NODE_TOTAL: '1',
      CI_PIPELINE_ID: String(pipeline.id),
      CI_PIPELINE_IID: '1',
      CI_PIPELINE_NAME: 'Run of main',
      CI_PIPELINE_URL: `${EXTERNAL_URL}/${project.fullPath}/-/pipelines/${pipeline.id}`,
      CI_PROJECT_ID: String(project.id),
      CI_PROJECT_NAME: path,
      CI_PROJECT_NAMESPACE: namespace,
      CI_PROJECT_PATH: project.fullPath,
      CI_PROJECT_PATH_SLUG: project.fullPath.replaceAll('/', '-'),
      CI_PROJECT_URL: `${EXTERNAL_URL}/${project.fullPath}`,
      CI_PROJECT_VISIBILITY: 'private',
      CI_REPOSITORY_URL: job.payload.git_info.repo_url,
      CI_RUNNER_ID: String(runner.id),
      CI_RUNNER_TAGS: '[]',
      CI_SERVER_HOST: 'ci.example.com',
      CI_SERVER_PORT: '443',
      CI_SERVER_PROTOCOL: 'https',
      CI_SERVER_URL: EXTERNAL_URL,
      GITLAB_USER_EMAIL: user.email,
      GITLAB_USER_ID: String(user.id),
      GITLAB_USER_LOGIN: user.username,
      GITLAB_USER_NAME: user.name,
    });
    expect(flagsOf(job, 'CI_JOB_TOKEN')).toMatchObject({ public: false, masked: true });
    expect(flagsOf(job, 'CI_REPOSITORY_URL')).toMatchObject({ public: false, masked: false });
    expect(flagsOf(job, 'CI_JOB_ID')).toEqual({ key: 'CI_JOB_ID', value: String(job.id), public: true, masked: false });
  });

  it('number parallel jobs', async () => {
    const { runner } = await app.scene(
      'a: { script: a, parallel: 2 }\nm: { script: m, parallel: { matrix: [{ OS: [x, y] }] } }\n',
    );
    const seen = [];
    for (let job = await runner.take(); job !== undefined; job = await runner.take()) {
      const own = environmentOf(job);
      seen.push([own['CI_JOB_NAME'], own['CI_JOB_GROUP_NAME'], own['CI_NODE_INDEX'], own['CI_NODE_TOTAL'], own['OS']]);
    }
    expect(seen).toEqual([
      ['a 1/2', 'a', '1', '2', undefined],
      ['a 2/2', 'a', '2', '2', undefined],
      ['m: [x]', 'm', '1', '2', 'x'],
      ['m: [y]', 'm', '2', '2', 'y'],
    ]);
  });

  it('name the environment of a job', async () => {
    const { runner } = await app.scene(`
a:
  script: a
  environment: { name: review/$CI_COMMIT_REF_SLUG, url: "https://$CI_ENVIRONMENT_SLUG.example.com", deployment_tier: testing }
b: { script: b }
`);
    const a = environmentOf(await runner.mustTake('a'));
    expect(a).toMatchObject({
      CI_ENVIRONMENT_NAME: 'review/main',
      CI_ENVIRONMENT_ACTION: 'start',
      CI_ENVIRONMENT_TIER: 'testing',
      CI_ENVIRONMENT_SLUG: expect.stringMatching(/^review-main-[a-z0-9]{6}$/),
      CI_ENVIRONMENT_URL: `https://${a['CI_ENVIRONMENT_SLUG']}.example.com`,
    });
    expect(Object.keys(environmentOf(await runner.mustTake('b'))).filter((key) => key.includes('ENVIRONMENT'))).toEqual(
      [],
    );
  });
});
