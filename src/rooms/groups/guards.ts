import { sql } from 'kysely';
import type { Guard } from '../../http/index.ts';
import { forbidden, notFound, unauthorized } from '../../kit/errors.ts';
import { withoutAbsent } from '../../kit/without-absent.ts';
import type { Db } from '../../platform/postgres/index.ts';
import {
  type Actor,
  type AuthenticateDeps,
  actingUser,
  authenticate,
  type TokenScope,
  type User,
  type UserActor,
} from '../accounts/index.ts';
import { type GroupAbility, groupCan } from './abilities.ts';
import type { Group } from './group.ts';
import { findGroup } from './group-store.ts';
import type { GroupProjects } from './projects-question.ts';
import type { Role } from './role.ts';
import { findGroupRole } from './role-store.ts';
import { selfAndDescendants } from './tree.ts';

/** What a route of a group knows when its handler starts. */
export interface GroupSubject<A extends Actor = Actor> {
  readonly actor: A;
  readonly group: Group;
  /** Effective: with what the groups above give; an administrator is an owner. */
  readonly role: Role | undefined;
}

export interface GroupGuardOptions {
  /** GitLab asks for a credential before it looks for the group: nobody signed in is 401, not 404. */
  readonly authenticateFirst?: boolean;
  /** Token scopes that suffice beside `api` (and `read_api` for GET). */
  readonly scopes?: readonly TokenScope[];
  /** The route rotates tokens (see `AuthenticateOptions`). */
  readonly rotates?: boolean;
}

export interface GroupGuards {
  (
    ability: GroupAbility,
    options: GroupGuardOptions & { readonly authenticateFirst: true },
  ): Guard<GroupSubject<UserActor>>;
  (ability: GroupAbility, options?: GroupGuardOptions): Guard<GroupSubject>;
}

export interface GroupAccessDeps {
  readonly db: Db;
  readonly clock: AuthenticateDeps['clock'];
  readonly groupProjects: Pick<GroupProjects, 'namespacesOfMember'>;
}

/** Whether somebody without a role in the group is a member of a group or project below it: then they may see it. */
const isMemberBelow = async (deps: GroupAccessDeps, userId: number, group: Group): Promise<boolean> => {
  const now = deps.clock.now();
  const places = await deps.groupProjects.namespacesOfMember(deps.db, userId, now);
  const { rows } = await sql`
    select 1 from namespaces
    where namespaces.id in ${selfAndDescendants(sql`${group.id}`)} and (
      namespaces.id = any(${[...places]}::bigint[])
      or exists (select from group_members where group_members.namespace_id = namespaces.id and group_members.user_id = ${userId}))
    limit 1`.execute(deps.db);
  return rows.length > 0;
};

/** The actor's rights over a group. Throws 404 when the actor may not even see it. */
export const groupSubject = async <A extends Actor>(
  deps: GroupAccessDeps,
  actor: A,
  idOrPath: string,
): Promise<GroupSubject<A>> => {
  const group = await findGroup(deps.db, idOrPath);
  const role = group && (await findGroupRole(deps.db, actingUser(actor), group.id, deps.clock.now()));
  if (group === undefined || !(await canSeeGroup(deps, actingUser(actor), group, role))) throw notFound('Group');
  return { actor, group, role };
};

/** Whether a user (undefined = nobody signed in) with this effective role may know that the group exists. */
export const canSeeGroup = async (
  deps: GroupAccessDeps,
  user: User | undefined,
  group: Group,
  role: Role | undefined,
): Promise<boolean> =>
  groupCan(user, 'read_group', group, role) || (user !== undefined && (await isMemberBelow(deps, user.id, group)));

const describe = (ability: GroupAbility, options: GroupGuardOptions): string =>
  [
    `group: ${ability}`,
    options.authenticateFirst === true ? 'signed in' : undefined,
    options.scopes === undefined ? undefined : `scope ${options.scopes.join(', ')}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');

/**
 * Guards of routes under `/groups/:id`. The group is found by number or full path; one that the caller may not see is
 * `404 Group Not Found`, a right that is missing 403 (401 for nobody signed in, except on GET).
 */
export const groupGuards = (deps: AuthenticateDeps & GroupAccessDeps): GroupGuards => {
  function guard(
    ability: GroupAbility,
    options: GroupGuardOptions & { readonly authenticateFirst: true },
  ): Guard<GroupSubject<UserActor>>;
  function guard(ability: GroupAbility, options?: GroupGuardOptions): Guard<GroupSubject>;
  function guard(ability: GroupAbility, options: GroupGuardOptions = {}): Guard<GroupSubject> {
    const authenticateFirst = options.authenticateFirst === true;
    return {
      label: describe(ability, options),
      check: async (request) => {
        const actor = await authenticate(
          deps,
          request,
          withoutAbsent({ scopes: options.scopes, rotates: options.rotates }),
        );
        if (actor.kind === 'anonymous' && (authenticateFirst || request.method !== 'GET')) throw unauthorized();
        const subject = await groupSubject(deps, actor, request.pathParams['id'] ?? '');
        const { group, role } = subject;
        if (ability !== 'read_group' && !groupCan(actingUser(actor), ability, group, role)) throw forbidden();
        return subject;
      },
    };
  }
  return guard;
};
