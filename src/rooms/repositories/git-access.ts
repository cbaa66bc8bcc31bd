import { type ApiRequest, errorReply, type Guard, Halt, text } from '../../http/index.ts';
import { PenstockError } from '../../kit/errors.ts';
import type { PackService } from '../../platform/git/index.ts';
import { digestOf } from '../../platform/secrets/index.ts';
import {
  type Actor,
  ANONYMOUS,
  type AuthenticateDeps,
  actingUser,
  authenticate,
  authenticateJob,
  type User,
} from '../accounts/index.ts';
import {
  can,
  type DeployToken,
  deployTokenReaches,
  findDeployTokenByDigest,
  findProject,
  findRole,
  isDeployTokenActive,
  jobTokenReach,
  type Project,
  type Role,
} from '../projects/index.ts';

/** Who speaks git with a project. */
export interface GitSubject {
  readonly actor: Actor;
  readonly project: Project;
  readonly role: Role | undefined;
}

/** The same for a push: somebody is signed in. */
export interface PushSubject extends GitSubject {
  readonly user: User;
  readonly viaJobToken: boolean;
}

const JOB_USER = 'gitlab-ci-token';
const DEPLOY_TOKEN_PREFIX = 'gldt-';

/** Git asks for a password when it sees this, and shows the text after it has been refused. */
const denied = (): Halt =>
  new Halt(
    text(
      401,
      'HTTP Basic: Access denied. Use a personal access token with the scope read_repository or write_repository as the password; ' +
        'if one was given, it is incorrect, expired, or improperly scoped.\n',
      { 'WWW-Authenticate': 'Basic realm="GitLab"' },
    ),
  );

const refused = (status: number, sentence: string): Halt => new Halt(text(status, `${sentence}\n`));

const hidden = (): Halt =>
  refused(404, "The project you were looking for could not be found or you don't have permission to view it.");

const byPassword = async (
  deps: AuthenticateDeps,
  { username, password }: { readonly username: string; readonly password: string },
  service: PackService,
): Promise<Actor> => {
  const isJob = username === JOB_USER || password.startsWith('glcbt-');
  const pulls = service === 'git-upload-pack';
  try {
    if (isJob) return await authenticateJob(deps, password);
    return await authenticate(
      deps,
      // POST for pulls too: read_api is no right to the code.
      { method: 'POST', credentials: { privateToken: password } },
      { scopes: pulls ? ['read_repository', 'write_repository'] : ['write_repository'] },
    );
  } catch (error) {
    if (error instanceof PenstockError && error.code === 'forbidden') throw refused(403, error.message);
    if (error instanceof PenstockError && error.code === 'unauthorized') throw denied();
    if (error instanceof Halt && error.reply.status === 403) {
      throw refused(403, `You are not allowed to ${pulls ? 'download' : 'upload'} code.`);
    }
    if (error instanceof Halt && error.reply.status === 401) throw denied();
    throw error;
  }
};

const findProjectOf = async (deps: AuthenticateDeps, request: ApiRequest): Promise<Project | undefined> => {
  const fullPath = (request.pathParams['project'] ?? '').replace(/\.git$/, '');
  // A number would be taken for an id.
  return fullPath.includes('/') ? findProject(deps.db, fullPath) : undefined;
};

/** The token counts together with its user name only. */
const byDeployToken = async (
  deps: AuthenticateDeps,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<DeployToken> => {
  const token = await findDeployTokenByDigest(deps.db, digestOf(password));
  if (token === undefined || token.username !== username || !isDeployTokenActive(token, deps.clock.now())) {
    throw denied();
  }
  return token;
};

/** A deploy token reads the code of its project, or of every project in its group, and writes nothing. */
const admitDeployToken = async (
  deps: AuthenticateDeps,
  request: ApiRequest,
  token: DeployToken,
  service: PackService,
): Promise<GitSubject> => {
  const project = await findProjectOf(deps, request);
  if (project === undefined || !(await deployTokenReaches(deps.db, token, project.id))) throw hidden();
  if (service === 'git-receive-pack') throw refused(403, 'You are not allowed to upload code.');
  if (!token.scopes.includes('read_repository')) throw refused(403, 'You are not allowed to download code.');
  return { actor: ANONYMOUS, project, role: undefined };
};

/**
 * Authenticates and authorises a request of git, as GitLab answers it: 401 for nobody (also where the project does not
 * exist, so that its absence does not show), 404 for a project that the user may not see, 403 for a right that is missing.
 */
const admit = async (deps: AuthenticateDeps, request: ApiRequest, service: PackService): Promise<GitSubject> => {
  const { basic } = request.credentials;
  if (basic?.password.startsWith(DEPLOY_TOKEN_PREFIX) === true) {
    return admitDeployToken(deps, request, await byDeployToken(deps, basic), service);
  }
  const actor = basic === undefined || basic.password === '' ? ANONYMOUS : await byPassword(deps, basic, service);
  const project = await findProjectOf(deps, request);
  const reach = project !== undefined && actor.kind === 'job' ? await jobTokenReach(deps, actor, project) : 'full';
  const role =
    project === undefined || reach !== 'full'
      ? undefined
      : await findRole(deps.db, actingUser(actor), project.id, deps.clock.now());
  if (actor.kind === 'anonymous' && (service === 'git-receive-pack' || !sees(actor, project, role))) throw denied();
  if (project !== undefined && actor.kind === 'job' && reach === 'none') {
    throw refused(
      403,
      `Authentication by CI/CD job token not allowed from ${actor.job.projectFullPath} to project #${project.id}.`,
    );
  }
  if (project === undefined || !can(actor, 'read_project', project, role)) throw hidden();
  if (!can(actor, 'download_code', project, role)) {
    throw actor.kind === 'anonymous'
      ? denied()
      : refused(403, 'You are not allowed to download code from this project.');
  }
  return { actor, project, role };
};

const sees = (actor: Actor, project: Project | undefined, role: Role | undefined): boolean =>
  project !== undefined && can(actor, 'download_code', project, role);

/** Whoever may fetch or clone. */
export const pullGuard = (deps: AuthenticateDeps): Guard<GitSubject> => ({
  label: 'git: download_code, job token',
  check: (request) => admit(deps, request, 'git-upload-pack'),
});

/** Whoever may push something; which refs is decided later. A job only to its own project, where that is allowed. */
export const pushGuard = (deps: AuthenticateDeps): Guard<PushSubject> => ({
  label: 'git: push_code, job token if the project allows it',
  check: async (request) => {
    const { actor, project, role } = await admit(deps, request, 'git-receive-pack');
    if (actor.kind === 'anonymous') throw denied();
    const isJob = actor.kind === 'job';
    if (isJob && !(actor.job.projectId === project.id && project.jobTokenPushAllowed)) {
      throw refused(403, 'You are not allowed to upload code.');
    }
    if (!can(actor, 'push_code', project, role)) {
      throw refused(403, 'You are not allowed to push code to this project.');
    }
    return { actor, project, role, user: actor.user, viaJobToken: isJob };
  },
});

/** The service that `info/refs` asks for decides which guard speaks; without one it is git's old protocol, which is refused. */
export const discoveryGuard = (deps: AuthenticateDeps): Guard<GitSubject & { readonly service: PackService }> => {
  const [pull, push] = [pullGuard(deps), pushGuard(deps)];
  return {
    label: 'git: as the service asked for',
    check: async (request) => {
      const service = request.query['service'];
      if (service === 'git-upload-pack') return { ...(await pull.check(request)), service };
      if (service === 'git-receive-pack') return { ...(await push.check(request)), service };
      throw service === undefined
        ? refused(403, 'Only the smart HTTP protocol is spoken here: use git 1.6.6 or newer.')
        : new Halt(errorReply(403, 'Unknown service'));
    },
  };
};
