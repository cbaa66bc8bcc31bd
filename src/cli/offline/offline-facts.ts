import { basename } from 'node:path';
import type { CompileInput, Variable } from '../../ci-lang/index.ts';
import { slugOf } from '../../kit/slug.ts';
import type { PipelineSource } from '../../wire/statuses.ts';
import type { GitCheckout } from './git-checkout.ts';

type Facts = CompileInput['facts'];

/** What a pipeline of this folder would be about. */
export interface OfflineFacts {
  readonly facts: Facts;
  /** Predefined variables that can be known without a server. */
  readonly predefined: readonly Variable[];
  readonly project: string;
  readonly serverUrl: string;
  readonly defaultBranch: string;
}

export interface FactWishes {
  /** Branch or tag, short or full; default: what is checked out. */
  readonly ref: string | undefined;
  readonly source: PipelineSource;
  /** Address of the server, without a slash at its end; default: that of `origin`. */
  readonly server: string | undefined;
  /** Path of the configuration in the project. */
  readonly path: string;
}

const UNKNOWN_SERVER = 'https://gitlab.example.com';
const NO_SHA = '0'.repeat(40);

export const offlineFacts = (folder: string, git: GitCheckout | undefined, wishes: FactWishes): OfflineFacts => {
  const defaultBranch = git?.defaultBranch ?? 'main';
  const ref = refOf(git, wishes.ref, defaultBranch);
  const origin = originOf(git?.origin);
  const serverUrl = wishes.server ?? origin?.serverUrl ?? UNKNOWN_SERVER;
  const project = origin?.project ?? `local/${basename(git?.root ?? folder)}`;
  const isMergeRequest = wishes.source === 'merge_request_event';
  const facts: Facts = {
    source: wishes.source,
    ref: ref.name,
    tag: ref.tag,
    ...(!ref.tag && !isMergeRequest && { branch: ref.name }),
  };
  const values = {
    ...serverValues(serverUrl, project, defaultBranch),
    CI_CONFIG_PATH: wishes.path,
    CI_PIPELINE_SOURCE: wishes.source,
    CI_COMMIT_SHA: git?.sha ?? NO_SHA,
    CI_COMMIT_SHORT_SHA: (git?.sha ?? NO_SHA).slice(0, 8),
    CI_COMMIT_BEFORE_SHA: NO_SHA,
    CI_COMMIT_REF_NAME: ref.name,
    CI_COMMIT_REF_SLUG: slugOf(ref.name),
    ...(facts.branch !== undefined && { CI_COMMIT_BRANCH: facts.branch }),
    ...(ref.tag && { CI_COMMIT_TAG: ref.name }),
    ...(isMergeRequest && mergeRequestValues(project, ref.name, defaultBranch)),
  };
  const predefined = Object.entries(values).map(([key, value]) => ({ key, value, public: true }));
  return { facts, predefined, project, serverUrl, defaultBranch };
};

/** A name without `refs/` is a branch, unless only a tag has it. */
const refOf = (git: GitCheckout | undefined, wish: string | undefined, defaultBranch: string) => {
  const [, kind, full] = /^refs\/(heads|tags)\/(.+)$/.exec(wish ?? '') ?? [];
  if (full !== undefined) return { name: full, tag: kind === 'tags' };
  if (wish === undefined) return { name: git?.branch ?? defaultBranch, tag: false };
  const has = (prefix: string): boolean => git?.findRef(`${prefix}/${wish}`) !== undefined;
  return { name: wish, tag: has('refs/tags') && !has('refs/heads') };
};

/** Server and project of `https://host/group/project.git`, `git@host:group/project.git` or `ssh://…`. */
const originOf = (origin: string | undefined): { readonly serverUrl: string; readonly project: string } | undefined => {
  const found =
    /^(https?):\/\/(?:[^@/]*@)?([^/]+)\/(.+?)(?:\.git)?\/?$/.exec(origin ?? '') ??
    /^()(?:ssh:\/\/)?(?:[^@/]*@)([^:/]+)(?::\d+\/|[:/])(.+?)(?:\.git)?\/?$/.exec(origin ?? '');
  const [, scheme, host, project] = found ?? [];
  if (host === undefined || project?.includes('/') !== true) return undefined;
  return { serverUrl: `${scheme === 'http' ? 'http' : 'https'}://${host}`, project };
};

const serverValues = (serverUrl: string, project: string, defaultBranch: string) => {
  const url = new URL(serverUrl);
  const namespace = project.slice(0, project.lastIndexOf('/'));
  return {
    CI: 'true',
    GITLAB_CI: 'true',
    CI_SERVER: 'yes',
    CI_SERVER_URL: serverUrl,
    CI_SERVER_HOST: url.hostname,
    CI_SERVER_FQDN: url.host,
    CI_SERVER_PROTOCOL: url.protocol.replace(':', ''),
    CI_PROJECT_PATH: project,
    CI_PROJECT_PATH_SLUG: slugOf(project),
    CI_PROJECT_NAME: basename(project),
    CI_PROJECT_TITLE: basename(project),
    CI_PROJECT_NAMESPACE: namespace,
    CI_PROJECT_ROOT_NAMESPACE: namespace.split('/')[0] ?? namespace,
    CI_PROJECT_URL: `${serverUrl}/${project}`,
    CI_DEFAULT_BRANCH: defaultBranch,
  };
};

const mergeRequestValues = (project: string, branch: string, target: string) => ({
  CI_MERGE_REQUEST_IID: '1',
  CI_MERGE_REQUEST_EVENT_TYPE: 'detached',
  CI_MERGE_REQUEST_PROJECT_PATH: project,
  CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: project,
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: branch,
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: target,
  CI_OPEN_MERGE_REQUESTS: `${project}!1`,
});
