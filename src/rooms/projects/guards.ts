import { type ApiRequest, type Guard, Halt, redirect, toQuery } from '../../http/index.ts';
import { forbidden, notFound, PenstockError, unauthorized } from '../../kit/errors.ts';
import {
  type Actor,
  type AuthenticateDeps,
  actingUser,
  authenticate,
  type JobActor,
  type TokenScope,
  type UserActor,
} from '../accounts/index.ts';
import { type Ability, ruleOf } from './abilities.ts';
import { can } from './can.ts';
import { jobTokenReach, outsideScope } from './job-token-scope.ts';
import type { Project } from './project.ts';
import { findProject, hasMoved } from './project-store.ts';
import type { Role } from './role.ts';
import { findRole } from './role-store.ts';

export type SignedInActor = UserActor | JobActor;

/** What a route of a project knows when its handler starts. */
export interface ProjectSubject<A extends Actor = Actor> {
  readonly actor: A;
  readonly project: Project;
  /** Effective: an administrator is an owner; a job token from outside the allowlist has none. */
  readonly role: Role | undefined;
}

export interface ProjectGuardOptions {
  /** The route takes job tokens; the name of the fine-grained permission (`READ_JOBS`) that covers it. */
  readonly jobToken?: string;
  /** GitLab asks for a credential before it looks for the project: nobody signed in is 401, not 404. */
  readonly authenticateFirst?: boolean;
  /** Token scopes that suffice beside `api` (and `read_api` for GET). */
  readonly scopes?: readonly TokenScope[];
  /** The route rotates tokens (see `AuthenticateOptions`). */
  readonly rotates?: boolean;
}

export interface ProjectGuards {
  (
    ability: Ability,
    options: ProjectGuardOptions & { readonly authenticateFirst: true },
  ): Guard<ProjectSubject<SignedInActor>>;
  (ability: Ability, options?: ProjectGuardOptions): Guard<ProjectSubject>;
}

interface Asked {
  readonly ability: Ability;
  readonly request: ApiRequest;
  readonly authenticateFirst: boolean;
}

/** The address of this request with the project's number in the place of its path. */
const addressById = ({ baseUrl, path, query }: ApiRequest, project: Project): string => {
  const moved = path.replace(/^(\/api\/v4\/projects\/)[^/]+/, `$1${project.id}`);
  const parameters = toQuery(query);
  return `${baseUrl}${moved}${parameters === '' ? '' : `?${parameters}`}`;
};

/** Reading leads on from an old path; a change there is refused, so that clients learn the new one. */
const refuseOldPath = (request: ApiRequest, project: Project): void => {
  if (!hasMoved(project, request.pathParams['id'] ?? '')) return;
  if (request.method === 'GET') throw new Halt(redirect(addressById(request, project), 301));
  throw new PenstockError('method_not_allowed', 'Non GET methods are not allowed for moved projects');
};

/**
 * The rights of an actor over a project. Throws 404 when the actor may not even see it, 403 for a job token that the
 * scope keeps out, 401 or 403 when the ability is missing.
 */
const subjectOf = async <A extends Actor>(
  deps: AuthenticateDeps,
  actor: A,
  project: Project,
  asked: Asked,
): Promise<ProjectSubject<A>> => {
  const reach = actor.kind === 'job' ? await jobTokenReach(deps, actor, project) : 'full';
  if (reach === 'none' && actor.kind === 'job') throw outsideScope(actor, project);
  const role = reach === 'full' ? await findRole(deps.db, actingUser(actor), project.id, deps.clock.now()) : undefined;
  if (!can(actor, 'read_project', project, role)) throw notFound('Project');
  refuseOldPath(asked.request, project);
  const kept = reach === 'full' || ruleOf(asked.ability).jobTokenKeeps === true;
  if (!kept || !can(actor, asked.ability, project, role)) {
    throw actor.kind === 'anonymous' && (asked.request.method !== 'GET' || asked.authenticateFirst)
      ? unauthorized()
      : forbidden();
  }
  return { actor, project, role };
};

const describe = (ability: Ability, options: ProjectGuardOptions): string =>
  [
    `project: ${ability}`,
    options.authenticateFirst === true ? 'signed in' : undefined,
    options.jobToken === undefined ? undefined : `job token ${options.jobToken}`,
    options.scopes === undefined ? undefined : `scope ${options.scopes.join(', ')}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');

/**
 * Guards of routes under `/projects/:id`. The project is found by number or full path (an old one leads on: 301, or 405
 * where something is to be changed); one that the caller may not see is
 * `404 Project Not Found`, a right that is missing 403 (401 for nobody signed in, except on GET).
 */
export const projectGuards = (deps: AuthenticateDeps): ProjectGuards => {
  function guard(
    ability: Ability,
    options: ProjectGuardOptions & { readonly authenticateFirst: true },
  ): Guard<ProjectSubject<SignedInActor>>;
  function guard(ability: Ability, options?: ProjectGuardOptions): Guard<ProjectSubject>;
  function guard(ability: Ability, options: ProjectGuardOptions = {}): Guard<ProjectSubject> {
    const authenticateFirst = options.authenticateFirst === true;
    return {
      label: describe(ability, options),
      check: async (request) => {
        const actor = await authenticate(deps, request, {
          jobToken: options.jobToken !== undefined,
          ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
          ...(options.rotates === undefined ? {} : { rotates: options.rotates }),
        });
        if (authenticateFirst && actor.kind === 'anonymous') throw unauthorized();
        const project = await findProject(deps.db, request.pathParams['id'] ?? '');
        if (project === undefined) throw notFound('Project');
        return subjectOf(deps, actor, project, { ability, request, authenticateFirst });
      },
    };
  }
  return guard;
};
