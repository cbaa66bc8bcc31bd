import { describe, expect, it } from 'vitest';
import type { Variable } from '../../ci-lang/index.ts';
import type { NamespaceId, ProjectId, UserId } from '../../kit/ids.ts';
import type { Project } from '../projects/index.ts';
import type { MergeRequestFacts } from './merge-request-variables.ts';
import {
  jobVariables,
  persistedVariables,
  pipelineVariables,
  projectVariables,
  runnerVariables,
  userVariables,
} from './predefined.ts';

const NOW = new Date('2026-08-22T10:15:03.456Z');

const project: Project = {
  id: 42 as ProjectId,
  namespace: {
    id: 7 as NamespaceId,
    kind: 'user',
    path: 'Ada',
    name: 'Ada L.',
    fullPath: 'Ada',
    fullName: 'Ada',
    visibility: 'private',
    parentId: null,
    ownerId: 3 as UserId,
  },
  creatorId: 3 as UserId,
  path: 'My.App',
  name: 'My App!',
  fullPath: 'Ada/My.App',
  description: null,
  visibility: 'internal',
  defaultBranch: 'Trunk',
  archived: false,
  ciConfigPath: null,
  buildTimeout: 3600,
  ciDefaultGitDepth: 20,
  buildGitStrategy: 'fetch',
  buildsEnabled: true,
  publicJobs: true,
  sharedRunnersEnabled: true,
  autoCancelPendingPipelines: true,
  keepLatestArtifact: true,
  variablesOverrideRole: 'maintainer',
  jobTokenScopeEnabled: true,
  jobTokenPushAllowed: false,
  requestAccessEnabled: true,
  mergeMethod: 'merge',
  squashOption: 'default_off',
  onlyAllowMergeIfPipelineSucceeds: false,
  allowMergeOnSkippedPipeline: false,
  removeSourceBranchAfterMerge: true,
  lastActivityAt: NOW,
  createdAt: NOW,
  updatedAt: NOW,
};

const valuesOf = (variables: readonly Variable[]): Readonly<Record<string, string>> =>
  Object.fromEntries(variables.map(({ key, value }) => [key, value]));

const server = { externalUrl: 'https://ci.example.org:8443/gitlab' };

const pipeline = {
  source: 'push',
  ref: 'Feature/A',
  tag: false,
  sha: '0123456789abcdef0123456789abcdef01234567',
  beforeSha: '0'.repeat(40),
  protected: true,
  commit: {
    message: 'Title\n\nBody\nmore\n',
    authorName: 'Ada',
    authorEmail: 'ada@example.org',
    timestamp: '2026-08-22T12:15:03+02:00',
  },
};

const MERGE_REQUEST: MergeRequestFacts = {
  id: 5,
  iid: 1,
  title: 'A topic',
  description: null,
  draft: false,
  labels: [],
  assignees: [],
  approved: false,
  squash: false,
  sourceBranch: 'topic',
  sourceBranchProtected: false,
  targetBranch: 'Trunk',
  targetBranchProtected: true,
  diffId: 5,
  diffBaseSha: null,
  project: { id: 42, fullPath: 'Ada/My.App', url: 'https://ci.example.com/Ada/My.App' },
};

describe('predefined variables', () => {
  it('of server and project', () => {
    expect(valuesOf(projectVariables(server, project))).toEqual({
      CI: 'true',
      GITLAB_CI: 'true',
      CI_SERVER_FQDN: 'ci.example.org:8443',
      CI_SERVER_URL: 'https://ci.example.org:8443/gitlab',
      CI_SERVER_HOST: 'ci.example.org',
      CI_SERVER_PORT: '8443',
      CI_SERVER_PROTOCOL: 'https',
      CI_SERVER_SHELL_SSH_HOST: 'ci.example.org',
      CI_SERVER_SHELL_SSH_PORT: '22',
      CI_SERVER_NAME: 'GitLab',
      CI_SERVER_VERSION: '19.4.0-penstock',
      CI_SERVER_VERSION_MAJOR: '19',
      CI_SERVER_VERSION_MINOR: '4',
      CI_SERVER_VERSION_PATCH: '0',
      CI_SERVER_REVISION: 'penstock',
      GITLAB_FEATURES: '',
      CI_PROJECT_ID: '42',
      CI_PROJECT_NAME: 'My.App',
      CI_PROJECT_TITLE: 'My App!',
      CI_PROJECT_DESCRIPTION: '',
      CI_PROJECT_TOPICS: '',
      CI_PROJECT_PATH: 'Ada/My.App',
      CI_PROJECT_PATH_SLUG: 'ada-my-app',
      CI_PROJECT_NAMESPACE: 'Ada',
      CI_PROJECT_NAMESPACE_SLUG: 'ada',
      CI_PROJECT_NAMESPACE_ID: '7',
      CI_PROJECT_ROOT_NAMESPACE: 'Ada',
      CI_PROJECT_URL: 'https://ci.example.org:8443/gitlab/Ada/My.App',
      CI_PROJECT_VISIBILITY: 'internal',
      CI_PROJECT_REPOSITORY_LANGUAGES: '',
      CI_PROJECT_CLASSIFICATION_LABEL: '',
      CI_DEFAULT_BRANCH: 'Trunk',
      CI_DEFAULT_BRANCH_SLUG: 'trunk',
      CI_CONFIG_PATH: '.gitlab-ci.yml',
      CI_API_V4_URL: 'https://ci.example.org:8443/gitlab/api/v4',
      CI_API_GRAPHQL_URL: 'https://ci.example.org:8443/gitlab/api/graphql',
      CI_TEMPLATE_REGISTRY_HOST: 'registry.gitlab.com',
    });
    const plain = valuesOf(projectVariables({ externalUrl: 'http://host', registry: 'host:5000' }, project));
    expect(plain).toMatchObject({
      CI_SERVER_PORT: '80',
      CI_SERVER_FQDN: 'host',
      CI_REGISTRY: 'host:5000',
      CI_REGISTRY_IMAGE: 'host:5000/ada/my.app',
    });
  });

  it('of a branch pipeline before it has a row', () => {
    expect(valuesOf(pipelineVariables(pipeline))).toEqual({
      CI_PIPELINE_SOURCE: 'push',
      CI_COMMIT_SHA: pipeline.sha,
      CI_COMMIT_SHORT_SHA: '01234567',
      CI_COMMIT_BEFORE_SHA: '0'.repeat(40),
      CI_COMMIT_REF_NAME: 'Feature/A',
      CI_COMMIT_REF_SLUG: 'feature-a',
      CI_COMMIT_BRANCH: 'Feature/A',
      CI_COMMIT_MESSAGE: 'Title\n\nBody\nmore\n',
      CI_COMMIT_MESSAGE_IS_TRUNCATED: 'false',
      CI_COMMIT_TITLE: 'Title',
      CI_COMMIT_DESCRIPTION: '\nBody\nmore',
      CI_COMMIT_REF_PROTECTED: 'true',
      CI_COMMIT_TIMESTAMP: '2026-08-22T12:15:03+02:00',
      CI_COMMIT_AUTHOR: 'Ada <ada@example.org>',
    });
  });

  it('of a tag pipeline with a row and a name', () => {
    const values = valuesOf(
      pipelineVariables({ ...pipeline, tag: true, ref: 'v1', iid: 9, createdAt: NOW, name: 'Ship' }),
    );
    expect(values).toMatchObject({
      CI_PIPELINE_IID: '9',
      CI_PIPELINE_CREATED_AT: '2026-08-22T10:15:03Z',
      CI_PIPELINE_NAME: 'Ship',
      CI_COMMIT_TAG: 'v1',
      CI_COMMIT_TAG_MESSAGE: '',
    });
    expect(values).not.toHaveProperty('CI_COMMIT_BRANCH');
  });

  it('of a long message, cut between characters', () => {
    const message = `${'x'.repeat(99_999)}가나`;
    const values = valuesOf(pipelineVariables({ ...pipeline, commit: { ...pipeline.commit, message } }));
    expect(values['CI_COMMIT_MESSAGE']).toBe('x'.repeat(99_999));
    expect(values['CI_COMMIT_MESSAGE_IS_TRUNCATED']).toBe('true');
  });

  it('of texts without a limit, cut to what an environment takes, labels whole', () => {
    const long = 'é'.repeat(100_000);
    const label = 'l'.repeat(205);
    const facts = {
      ...pipeline,
      name: long,
      scheduleDescription: long,
      commit: { ...pipeline.commit, message: `${long}\nrest`, tagMessage: long },
      openMergeRequests: Array<string>(9000).fill('Ada/My.App!1'),
    };
    const mergeRequest = { ...MERGE_REQUEST, title: long, labels: Array<string>(900).fill(label) };
    const values = [...pipelineVariables({ ...facts, tag: true }), ...pipelineVariables({ ...facts, mergeRequest })];
    expect(values.filter(({ value }) => Buffer.byteLength(value) > 100_000).map(({ key }) => key)).toEqual([]);
    expect(valuesOf(values)).toMatchObject({
      CI_PIPELINE_NAME: 'é'.repeat(50_000),
      CI_COMMIT_TITLE: 'é'.repeat(50_000),
      CI_COMMIT_TAG_MESSAGE: 'é'.repeat(50_000),
      CI_MERGE_REQUEST_LABELS: Array<string>(485).fill(label).join(','),
      CI_OPEN_MERGE_REQUESTS: Array<string>(7692).fill('Ada/My.App!1').join(','),
    });
  });

  it.each([
    ['one line', 'one line', ''],
    ['one line\n', 'one line', ''],
    ['first\nsecond\n', 'first', 'second'],
    ['first\r\nsecond\r\n', 'first', 'second'],
    [`${'t'.repeat(100)}\nrest`, 't'.repeat(100), `${'t'.repeat(100)}\nrest`],
  ])('of the message %j', (message, title, description) => {
    const values = valuesOf(pipelineVariables({ ...pipeline, commit: { ...pipeline.commit, message } }));
    expect([values['CI_COMMIT_TITLE'], values['CI_COMMIT_DESCRIPTION']]).toEqual([title, description]);
  });

  it('of a job', () => {
    expect(valuesOf(jobVariables({ name: 'Build: [a, b]', stage: 'build', when: 'on_success' }))).toEqual({
      CI_JOB_NAME: 'Build: [a, b]',
      CI_JOB_NAME_SLUG: 'build---a--b',
      CI_JOB_GROUP_NAME: 'Build',
      CI_JOB_STAGE: 'build',
      CI_NODE_TOTAL: '1',
    });
    const environment = { name: 'review/1', action: 'start', tier: 'development', url: 'https://$X' };
    expect(
      valuesOf(
        jobVariables({
          name: 'rspec 2/3',
          stage: 'test',
          when: 'delayed',
          node: { index: 2, total: 3 },
          triggerShortToken: 'abcd',
          environment,
        }),
      ),
    ).toEqual({
      CI_JOB_NAME: 'rspec 2/3',
      CI_JOB_NAME_SLUG: 'rspec-2-3',
      CI_JOB_GROUP_NAME: 'rspec',
      CI_JOB_STAGE: 'test',
      CI_JOB_MANUAL: 'true',
      CI_PIPELINE_TRIGGERED: 'true',
      CI_TRIGGER_SHORT_TOKEN: 'abcd',
      CI_NODE_INDEX: '2',
      CI_NODE_TOTAL: '3',
      CI_ENVIRONMENT_NAME: 'review/1',
      CI_ENVIRONMENT_ACTION: 'start',
      CI_ENVIRONMENT_TIER: 'development',
      CI_ENVIRONMENT_URL: 'https://$X',
    });
  });

  it.each([
    ['rspec 1/3', 'rspec'],
    ['rspec: 1/3', 'rspec'],
    ['rspec 1 of 3', 'rspec 1 of 3'],
    ['rspec:linux: [aws, big]', 'rspec:linux'],
    ['build: [a] 1/2', 'build'],
    ['deploy v1.2', 'deploy v1.2'],
  ])('groups %s as %s', (name, group) => {
    expect(valuesOf(jobVariables({ name, stage: 's', when: 'always' }))['CI_JOB_GROUP_NAME']).toBe(group);
  });

  it('of a job that a runner takes, its token and password hidden', () => {
    const all = persistedVariables({
      server: { externalUrl: 'http://host', registry: 'host:5000' },
      project,
      pipelineId: 5,
      jobId: 6,
      jobToken: 'glcbt-token',
      startedAt: NOW,
      repositoryUrl: 'http://gitlab-ci-token:glcbt-token@host/Ada/My.App.git',
    });
    expect(valuesOf(all)).toEqual({
      CI_PIPELINE_ID: '5',
      CI_PIPELINE_URL: 'http://host/Ada/My.App/-/pipelines/5',
      CI_JOB_ID: '6',
      CI_JOB_URL: 'http://host/Ada/My.App/-/jobs/6',
      CI_JOB_TOKEN: 'glcbt-token',
      CI_JOB_STARTED_AT: '2026-08-22T10:15:03Z',
      CI_JOB_STARTED_AT_SLUG: '2026-08-22t10-15-03z',
      CI_REGISTRY_USER: 'gitlab-ci-token',
      CI_REGISTRY_PASSWORD: 'glcbt-token',
      CI_REPOSITORY_URL: 'http://gitlab-ci-token:glcbt-token@host/Ada/My.App.git',
    });
    const masked = all.filter((variable) => variable.masked === true).map(({ key }) => key);
    expect(masked).toEqual(['CI_JOB_TOKEN', 'CI_REGISTRY_PASSWORD']);
    const open = all.filter((variable) => variable.public === true).map(({ value }) => value);
    expect(open.join('\n')).not.toContain('glcbt-');
  });

  it('of user and runner', () => {
    const user = {
      id: 3 as UserId,
      username: 'ada',
      name: 'Ada L.',
      email: 'ada@example.org',
      publicEmail: '',
      state: 'active',
      admin: false,
      bot: false,
      confirmedAt: NOW,
      createdAt: NOW,
    } as const;
    expect(valuesOf(userVariables(user))).toEqual({
      GITLAB_USER_ID: '3',
      GITLAB_USER_EMAIL: 'ada@example.org',
      GITLAB_USER_LOGIN: 'ada',
      GITLAB_USER_NAME: 'Ada L.',
    });
    expect(valuesOf(runnerVariables({ id: 1, description: 'mine', tagList: ['a', 'b"c'] }))).toEqual({
      CI_RUNNER_ID: '1',
      CI_RUNNER_DESCRIPTION: 'mine',
      CI_RUNNER_TAGS: '["a","b\\"c"]',
    });
  });
});
