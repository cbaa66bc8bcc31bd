import type { Variable } from '../../ci-lang/index.ts';
import { slugOf } from '../../kit/slug.ts';
import { GITLAB_VERSION } from '../../kit/version.ts';
import type { User } from '../accounts/index.ts';
import type { Project } from '../projects/index.ts';
import { type MergeRequestFacts, mergeRequestVariables } from './merge-request-variables.ts';
import { cutValue, joinWhole, publicVariable } from './public-variable.ts';

/**
 * GitLab's predefined variables as pure functions of facts, one function a group of the documented order. Each group
 * says from which moment on it is known: `include`/`workflow` and rules (before the pipeline has a row), or only when a
 * runner takes the job.
 */

const pub = publicVariable;
const secret = (key: string, value: string): Variable => ({ key, value, public: false, masked: true });

/** Only when there is something to say. */
const optional = (key: string, value: string | null | undefined): readonly Variable[] =>
  value === null || value === undefined || value === '' ? [] : [pub(key, value)];

export interface ServerFacts {
  /** `https://host/root`, no trailing slash. */
  readonly externalUrl: string;
  /** `host[:port]` of a container registry; undefined: there is none. */
  readonly registry?: string;
}

/** Known before anything else: the server and the project. */
export function projectVariables(server: ServerFacts, project: Project): readonly Variable[] {
  const url = new URL(server.externalUrl);
  const port = url.port !== '' ? url.port : url.protocol === 'https:' ? '443' : '80';
  const [version = ''] = GITLAB_VERSION.split('-');
  const [major = '', minor = '', patch = ''] = version.split('.');
  const { namespace } = project;
  return [
    pub('CI', 'true'),
    pub('GITLAB_CI', 'true'),
    pub('CI_SERVER_FQDN', url.port === '' ? url.hostname : url.host),
    pub('CI_SERVER_URL', server.externalUrl),
    pub('CI_SERVER_HOST', url.hostname),
    pub('CI_SERVER_PORT', port),
    pub('CI_SERVER_PROTOCOL', url.protocol.replace(':', '')),
    pub('CI_SERVER_SHELL_SSH_HOST', url.hostname),
    pub('CI_SERVER_SHELL_SSH_PORT', '22'),
    pub('CI_SERVER_NAME', 'GitLab'),
    pub('CI_SERVER_VERSION', GITLAB_VERSION),
    pub('CI_SERVER_VERSION_MAJOR', major),
    pub('CI_SERVER_VERSION_MINOR', minor),
    pub('CI_SERVER_VERSION_PATCH', patch),
    pub('CI_SERVER_REVISION', 'penstock'),
    pub('GITLAB_FEATURES', ''),
    pub('CI_PROJECT_ID', String(project.id)),
    pub('CI_PROJECT_NAME', project.path),
    pub('CI_PROJECT_TITLE', project.name),
    pub('CI_PROJECT_DESCRIPTION', project.description ?? ''),
    pub('CI_PROJECT_TOPICS', ''),
    pub('CI_PROJECT_PATH', project.fullPath),
    pub('CI_PROJECT_PATH_SLUG', slugOf(project.fullPath)),
    pub('CI_PROJECT_NAMESPACE', namespace.fullPath),
    pub('CI_PROJECT_NAMESPACE_SLUG', slugOf(namespace.fullPath)),
    pub('CI_PROJECT_NAMESPACE_ID', String(namespace.id)),
    pub('CI_PROJECT_ROOT_NAMESPACE', namespace.fullPath.split('/')[0] ?? ''),
    pub('CI_PROJECT_URL', `${server.externalUrl}/${project.fullPath}`),
    pub('CI_PROJECT_VISIBILITY', project.visibility),
    pub('CI_PROJECT_REPOSITORY_LANGUAGES', ''),
    pub('CI_PROJECT_CLASSIFICATION_LABEL', ''),
    pub('CI_DEFAULT_BRANCH', project.defaultBranch),
    pub('CI_DEFAULT_BRANCH_SLUG', slugOf(project.defaultBranch)),
    pub('CI_CONFIG_PATH', project.ciConfigPath ?? '.gitlab-ci.yml'),
    pub('CI_API_V4_URL', `${server.externalUrl}/api/v4`),
    pub('CI_API_GRAPHQL_URL', `${server.externalUrl}/api/graphql`),
    pub('CI_TEMPLATE_REGISTRY_HOST', 'registry.gitlab.com'),
    ...registryVariables(server, project),
  ];
}

const registryVariables = ({ registry }: ServerFacts, project: Project): readonly Variable[] =>
  registry === undefined
    ? []
    : [pub('CI_REGISTRY', registry), pub('CI_REGISTRY_IMAGE', `${registry}/${project.fullPath.toLowerCase()}`)];

/** Known when a runner takes the job, where the project has a deploy token of the name `gitlab-deploy-token`. */
export const deployTokenVariables = (deploy: {
  readonly username: string;
  readonly token: string;
}): readonly Variable[] => [pub('CI_DEPLOY_USER', deploy.username), secret('CI_DEPLOY_PASSWORD', deploy.token)];

export interface PipelineVariableFacts {
  /** Known once the pipeline has a row. */
  readonly iid?: number;
  readonly source: string;
  /** Known once the pipeline has a row. */
  readonly createdAt?: Date;
  /** `workflow:name`. */
  readonly name?: string | null;
  /** Of the schedule that the pipeline is of. */
  readonly scheduleDescription?: string;
  readonly ref: string;
  readonly tag: boolean;
  readonly sha: string;
  readonly beforeSha: string;
  readonly protected: boolean;
  readonly commit: CommitFacts;
  /** Of a pipeline of a merge request; undefined also when that is gone. */
  readonly mergeRequest?: MergeRequestFacts;
  /** Full references (`group/project!1`) of open merge requests of the branch. */
  readonly openMergeRequests?: readonly string[];
}

/** `host[:port][/root]/group/project//<file>@<full ref>`: where the pipeline's definition is read. */
export const configRefUri = (
  server: ServerFacts,
  project: Project,
  pipeline: { readonly ref: string; readonly tag: boolean },
): string => {
  const place = `${server.externalUrl.replace(/^https?:\/\//, '')}/${project.fullPath}`;
  const ref = `refs/${pipeline.tag ? 'tags' : 'heads'}/${pipeline.ref}`;
  return `${place}//${project.ciConfigPath ?? '.gitlab-ci.yml'}@${ref}`;
};

/** Where the pipeline comes from. */
export const configVariables = (...about: Parameters<typeof configRefUri>): readonly Variable[] => [
  pub('CI_CONFIG_REF_URI', configRefUri(...about)),
];

export interface CommitFacts {
  readonly message: string;
  readonly authorName: string;
  readonly authorEmail: string;
  /** ISO 8601 with the author's offset. */
  readonly timestamp: string;
  /** Of an annotated tag. */
  readonly tagMessage?: string;
}

/** Stands for a commit that is gone from the repository. */
export const NO_COMMIT: CommitFacts = { message: '', authorName: '', authorEmail: '', timestamp: '' };

/** GitLab cuts very long messages, and says so. */
function messageVariables(message: string): readonly Variable[] {
  const text = cutValue(message);
  return [pub('CI_COMMIT_MESSAGE', text), pub('CI_COMMIT_MESSAGE_IS_TRUNCATED', String(text !== message))];
}

/** GitLab's `full_title`: the first line as it is. */
const titleOf = (message: string): string => message.split(/[\r\n]/, 1)[0] ?? '';

const LONG_TITLE = 100;

/** The message without its first line; all of it when that line is long (GitLab's `Commit#description`). */
const descriptionOf = (message: string): string => {
  if (titleOf(message).length >= LONG_TITLE) return message;
  const end = message.indexOf('\n');
  return end < 0 ? '' : message.slice(end + 1).replace(/\r?\n$/, '');
};

/** The pipeline and its commit. */
export function pipelineVariables(facts: PipelineVariableFacts): readonly Variable[] {
  const { commit, mergeRequest } = facts;
  const refName = mergeRequest?.sourceBranch ?? facts.ref;
  return [
    ...(facts.iid === undefined ? [] : [pub('CI_PIPELINE_IID', String(facts.iid))]),
    pub('CI_PIPELINE_SOURCE', facts.source),
    ...(facts.createdAt === undefined ? [] : [pub('CI_PIPELINE_CREATED_AT', isoSeconds(facts.createdAt))]),
    ...optional('CI_PIPELINE_NAME', facts.name),
    ...optional('CI_PIPELINE_SCHEDULE_DESCRIPTION', facts.scheduleDescription),
    pub('CI_COMMIT_SHA', facts.sha),
    pub('CI_COMMIT_SHORT_SHA', facts.sha.slice(0, 8)),
    pub('CI_COMMIT_BEFORE_SHA', facts.beforeSha),
    pub('CI_COMMIT_REF_NAME', refName),
    pub('CI_COMMIT_REF_SLUG', slugOf(refName)),
    ...refKindVariables(facts),
    ...messageVariables(commit.message),
    pub('CI_COMMIT_TITLE', titleOf(commit.message)),
    pub('CI_COMMIT_DESCRIPTION', descriptionOf(commit.message)),
    pub('CI_COMMIT_REF_PROTECTED', String(facts.protected)),
    pub('CI_COMMIT_TIMESTAMP', commit.timestamp),
    pub('CI_COMMIT_AUTHOR', `${commit.authorName} <${commit.authorEmail}>`),
    ...(mergeRequest === undefined ? [] : mergeRequestVariables(mergeRequest)),
    ...optional('CI_OPEN_MERGE_REQUESTS', facts.openMergeRequests && joinWhole(facts.openMergeRequests)),
  ];
}

/** A pipeline of a merge request is of neither branch nor tag. */
function refKindVariables({ tag, ref, source, commit }: PipelineVariableFacts): readonly Variable[] {
  if (tag) return [pub('CI_COMMIT_TAG', ref), pub('CI_COMMIT_TAG_MESSAGE', commit.tagMessage ?? '')];
  return source === 'merge_request_event' ? [] : [pub('CI_COMMIT_BRANCH', ref)];
}

export interface JobVariableFacts {
  readonly name: string;
  readonly stage: string;
  readonly when: string;
  /** `CI_NODE_INDEX` and `CI_NODE_TOTAL` of a parallel job. */
  readonly node?: { readonly index: number; readonly total: number };
  /** First characters of the trigger token that started the pipeline. */
  readonly triggerShortToken?: string | null;
  readonly environment?: {
    readonly name: string;
    readonly action: string;
    readonly tier: string;
    /** Unexpanded. */
    readonly url?: string;
  };
}

/** `rspec 1/3`, `rspec 1:3`, `rspec 1 3`, `deploy: [a, b]`: the name without what makes the instance. */
const groupName = (name: string): string => name.replace(/(?:[\s:]+(?:\[.*\]|\d+[\s:/\\]+\d+)\s*){1,3}$/, '').trim();

/** The job as the configuration has it: known for its rules. */
export const jobVariables = (job: JobVariableFacts): readonly Variable[] => [
  pub('CI_JOB_NAME', job.name),
  pub('CI_JOB_NAME_SLUG', slugOf(job.name)),
  pub('CI_JOB_GROUP_NAME', groupName(job.name)),
  pub('CI_JOB_STAGE', job.stage),
  ...(job.when === 'manual' || job.when === 'delayed' ? [pub('CI_JOB_MANUAL', 'true')] : []),
  ...(job.triggerShortToken === null || job.triggerShortToken === undefined
    ? []
    : [pub('CI_PIPELINE_TRIGGERED', 'true'), pub('CI_TRIGGER_SHORT_TOKEN', job.triggerShortToken)]),
  ...(job.node === undefined ? [] : [pub('CI_NODE_INDEX', String(job.node.index))]),
  pub('CI_NODE_TOTAL', String(job.node?.total ?? 1)),
  ...environmentVariables(job.environment),
];

const environmentVariables = (environment: JobVariableFacts['environment']): readonly Variable[] =>
  environment === undefined
    ? []
    : [
        pub('CI_ENVIRONMENT_NAME', environment.name),
        pub('CI_ENVIRONMENT_ACTION', environment.action),
        pub('CI_ENVIRONMENT_TIER', environment.tier),
        ...optional('CI_ENVIRONMENT_URL', environment.url),
      ];

/** The person whom the job acts for. After the YAML variables, so that these cannot replace them. */
export const userVariables = (user: User): readonly Variable[] => [
  pub('GITLAB_USER_ID', String(user.id)),
  pub('GITLAB_USER_EMAIL', user.email),
  pub('GITLAB_USER_LOGIN', user.username),
  pub('GITLAB_USER_NAME', user.name),
];

export interface PersistedFacts {
  readonly server: ServerFacts;
  readonly project: Project;
  readonly pipelineId: number;
  readonly jobId: number;
  readonly jobToken: string;
  readonly startedAt: Date;
  /** `https://gitlab-ci-token:<token>@host/path.git`. */
  readonly repositoryUrl: string;
}

/** Known only when a runner takes the job. The weakest of all, as GitLab has it. */
export const persistedVariables = (facts: PersistedFacts): readonly Variable[] => {
  const projectUrl = `${facts.server.externalUrl}/${facts.project.fullPath}`;
  return [
    pub('CI_PIPELINE_ID', String(facts.pipelineId)),
    pub('CI_PIPELINE_URL', `${projectUrl}/-/pipelines/${facts.pipelineId}`),
    pub('CI_JOB_ID', String(facts.jobId)),
    pub('CI_JOB_URL', `${projectUrl}/-/jobs/${facts.jobId}`),
    secret('CI_JOB_TOKEN', facts.jobToken),
    pub('CI_JOB_STARTED_AT', isoSeconds(facts.startedAt)),
    pub('CI_JOB_STARTED_AT_SLUG', slugOf(isoSeconds(facts.startedAt))),
    ...(facts.server.registry === undefined
      ? []
      : [pub('CI_REGISTRY_USER', 'gitlab-ci-token'), secret('CI_REGISTRY_PASSWORD', facts.jobToken)]),
    { key: 'CI_REPOSITORY_URL', value: facts.repositoryUrl, public: false, masked: false },
  ];
};

/** The runner that took the job. */
export const runnerVariables = (runner: {
  readonly id: number;
  readonly description: string;
  readonly tagList: readonly string[];
}): readonly Variable[] => [
  pub('CI_RUNNER_ID', String(runner.id)),
  pub('CI_RUNNER_DESCRIPTION', runner.description),
  pub('CI_RUNNER_TAGS', JSON.stringify(runner.tagList)),
];

/** `2026-08-22T10:15:03Z`: no fractions, as GitLab writes them. */
const isoSeconds = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
