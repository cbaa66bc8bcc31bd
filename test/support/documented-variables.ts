/**
 * GitLab's documented predefined variables with the values that they must have, for jobs of a server without registry, Pages,
 * dependency proxy and Kubernetes. Made of what the API says, so a variable is held against another source than its own code.
 */

export interface VariableFacts {
  readonly url: string;
  readonly version: string;
  readonly project: {
    readonly id: number;
    readonly name: string;
    readonly path: string;
    readonly path_with_namespace: string;
    readonly description: string | null;
    readonly default_branch: string;
    readonly visibility: string;
    readonly namespace: { readonly id: number; readonly full_path: string };
  };
  readonly pipeline: {
    readonly id: number;
    readonly iid: number;
    readonly sha: string;
    readonly before_sha: string;
    readonly ref: string;
    readonly tag: boolean;
    readonly source: string;
    readonly name: string | null;
    readonly created_at: string;
    readonly web_url: string;
  };
  readonly commit: {
    readonly title: string;
    readonly message: string;
    readonly author_name: string;
    readonly author_email: string;
    readonly committed_date: string;
  };
  readonly job: {
    readonly id: number;
    readonly name: string;
    readonly stage: string;
    readonly started_at: string;
    readonly web_url: string;
    readonly runner: { readonly id: number; readonly description: string };
  };
  readonly user: {
    readonly id: number;
    readonly username: string;
    readonly name: string;
    readonly email: string;
  };
  readonly isProtected: boolean;
  /** Of an annotated tag. */
  readonly tagMessage?: string;
}

type Values = Readonly<Record<string, string>>;

/** Lower case, all else `-`, at most 63 characters, none at the ends. */
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');

/** `2026-08-22T10:15:03Z` of an API's date with milliseconds. */
const seconds = (date: string): string => `${new Date(date).toISOString().slice(0, 19)}Z`;

/** Known before there is a pipeline: server and project. */
const prePipeline = ({ url, version, project }: VariableFacts): Values => {
  const { host, hostname, port, protocol } = new URL(url);
  const [major = '', minor = '', patch = ''] = version.split('-')[0]?.split('.') ?? [];
  const { namespace } = project;
  return {
    CI: 'true',
    GITLAB_CI: 'true',
    GITLAB_FEATURES: '',
    CI_SERVER_FQDN: host,
    CI_SERVER_URL: url,
    CI_SERVER_HOST: hostname,
    CI_SERVER_PORT: port,
    CI_SERVER_PROTOCOL: protocol.replace(':', ''),
    CI_SERVER_SHELL_SSH_HOST: hostname,
    CI_SERVER_SHELL_SSH_PORT: '22',
    CI_SERVER_NAME: 'GitLab',
    CI_SERVER_VERSION: version,
    CI_SERVER_VERSION_MAJOR: major,
    CI_SERVER_VERSION_MINOR: minor,
    CI_SERVER_VERSION_PATCH: patch,
    CI_SERVER_REVISION: 'penstock',
    CI_API_V4_URL: `${url}/api/v4`,
    CI_API_GRAPHQL_URL: `${url}/api/graphql`,
    CI_TEMPLATE_REGISTRY_HOST: 'registry.gitlab.com',
    CI_CONFIG_PATH: '.gitlab-ci.yml',
    CI_DEFAULT_BRANCH: project.default_branch,
    CI_DEFAULT_BRANCH_SLUG: slug(project.default_branch),
    CI_PROJECT_ID: String(project.id),
    CI_PROJECT_NAME: project.path,
    CI_PROJECT_TITLE: project.name,
    CI_PROJECT_DESCRIPTION: project.description ?? '',
    CI_PROJECT_TOPICS: '',
    CI_PROJECT_PATH: project.path_with_namespace,
    CI_PROJECT_PATH_SLUG: slug(project.path_with_namespace),
    CI_PROJECT_NAMESPACE: namespace.full_path,
    CI_PROJECT_NAMESPACE_SLUG: slug(namespace.full_path),
    CI_PROJECT_NAMESPACE_ID: String(namespace.id),
    CI_PROJECT_ROOT_NAMESPACE: namespace.full_path.split('/')[0] ?? '',
    CI_PROJECT_URL: `${url}/${project.path_with_namespace}`,
    CI_PROJECT_VISIBILITY: project.visibility,
    CI_PROJECT_REPOSITORY_LANGUAGES: '',
    CI_PROJECT_CLASSIFICATION_LABEL: '',
  };
};

/** Known when the pipeline is made: what it is and its commit. */
const ofPipeline = (facts: VariableFacts): Values => {
  const { url, project, pipeline, commit } = facts;
  const refPath = `refs/${pipeline.tag ? 'tags' : 'heads'}/${pipeline.ref}`;
  return {
    CI_PIPELINE_IID: String(pipeline.iid),
    CI_PIPELINE_SOURCE: pipeline.source,
    CI_PIPELINE_CREATED_AT: seconds(pipeline.created_at),
    ...(pipeline.name !== null && { CI_PIPELINE_NAME: pipeline.name }),
    CI_CONFIG_REF_URI: `${new URL(url).host}/${project.path_with_namespace}//.gitlab-ci.yml@${refPath}`,
    CI_COMMIT_SHA: pipeline.sha,
    CI_COMMIT_SHORT_SHA: pipeline.sha.slice(0, 8),
    CI_COMMIT_BEFORE_SHA: pipeline.before_sha,
    CI_COMMIT_REF_NAME: pipeline.ref,
    CI_COMMIT_REF_SLUG: slug(pipeline.ref),
    CI_COMMIT_REF_PROTECTED: String(facts.isProtected),
    ...(pipeline.tag
      ? { CI_COMMIT_TAG: pipeline.ref, CI_COMMIT_TAG_MESSAGE: facts.tagMessage ?? '' }
      : { CI_COMMIT_BRANCH: pipeline.ref }),
    CI_COMMIT_MESSAGE: commit.message.trimEnd(),
    CI_COMMIT_MESSAGE_IS_TRUNCATED: 'false',
    CI_COMMIT_TITLE: commit.title,
    CI_COMMIT_DESCRIPTION: '',
    CI_COMMIT_TIMESTAMP: commit.committed_date.replace('.000', ''),
    CI_COMMIT_AUTHOR: `${commit.author_name} <${commit.author_email}>`,
  };
};

/** Known when the job is made. */
const ofJob = ({ job, user }: VariableFacts): Values => ({
  CI_JOB_NAME: job.name,
  CI_JOB_NAME_SLUG: slug(job.name),
  CI_JOB_GROUP_NAME: job.name,
  CI_JOB_STAGE: job.stage,
  CI_NODE_TOTAL: '1',
  GITLAB_USER_ID: String(user.id),
  GITLAB_USER_LOGIN: user.username,
  GITLAB_USER_NAME: user.name,
  GITLAB_USER_EMAIL: user.email,
});

/** Known when a runner has the job. Secret values as the log shows them. */
const whenItRuns = ({ url, project, pipeline, job }: VariableFacts): Values => ({
  CI_PIPELINE_ID: String(pipeline.id),
  CI_PIPELINE_URL: pipeline.web_url,
  CI_JOB_ID: String(job.id),
  CI_JOB_URL: job.web_url,
  CI_JOB_TOKEN: '[MASKED]',
  CI_JOB_STARTED_AT: seconds(job.started_at),
  CI_JOB_STARTED_AT_SLUG: slug(seconds(job.started_at)),
  CI_REPOSITORY_URL: `${url.replace('//', '//gitlab-ci-token:[MASKED]@')}/${project.path_with_namespace}.git`,
  CI_RUNNER_ID: String(job.runner.id),
  CI_RUNNER_DESCRIPTION: job.runner.description,
  CI_RUNNER_TAGS: '[]',
});

/** Everything that the server gives a job that asks for nothing special. */
export const documentedVariables = (facts: VariableFacts): Values => ({
  ...prePipeline(facts),
  ...ofPipeline(facts),
  ...ofJob(facts),
  ...whenItRuns(facts),
});

/** What the runner adds, in a shell. */
export const RUNNERS_VARIABLES: Readonly<Record<string, RegExp>> = {
  CI_BUILDS_DIR: /^\/.*\/builds$/,
  CI_PROJECT_DIR: /^\/.*\/builds\/[^/]+\/\d+\/.+$/,
  CI_CONCURRENT_ID: /^\d+$/,
  CI_CONCURRENT_PROJECT_ID: /^\d+$/,
  CI_SERVER: /^yes$/,
  CI_JOB_STATUS: /^running$/,
  CI_JOB_TIMEOUT: /^3600$/,
  CI_RUNNER_SHORT_TOKEN: /^.{9}$/,
  CI_RUNNER_VERSION: /^\d+\.\d+\.\d+/,
  CI_RUNNER_REVISION: /^.+$/,
  CI_RUNNER_EXECUTABLE_ARCH: /^\w+\/\w+$/,
  CI_SHARED_ENVIRONMENT: /^true$/,
  RUNNER_TEMP_PROJECT_DIR: /^\/.+\.tmp$/,
  GITLAB_ENV: /^\/.+\.tmp\/gitlab_runner_env$/,
};

/** What a shell has whether or not it runs a job. */
export const SHELLS_OWN: readonly string[] = ['HOME', 'PATH', 'PWD', 'OLDPWD', 'SHLVL', '_', 'LC_ALL', 'LANG'];
