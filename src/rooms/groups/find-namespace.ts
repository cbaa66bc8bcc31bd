import type { Clock } from '../../kit/clock.ts';
import { notFound } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { findNamespaceById, findNamespaceByPath, type Namespace, type User } from '../accounts/index.ts';
import type { Role } from './role.ts';
import { ROLES } from './role.ts';
import { findGroupRole } from './role-store.ts';

/** A namespace and what a user is in it: the owner of their own, a member of a group. */
export interface NamespaceAccess {
  readonly namespace: Namespace;
  readonly role: Role | undefined;
}

export const findNamespaceAccess = async (
  deps: { readonly db: Db; readonly clock: Clock },
  user: User,
  namespace: Namespace,
): Promise<NamespaceAccess> => {
  if (namespace.kind === 'group') {
    return { namespace, role: await findGroupRole(deps.db, user, namespace.id, deps.clock.now()) };
  }
  return { namespace, role: user.admin || namespace.ownerId === user.id ? ROLES.owner : undefined };
};

/** By number or full path. Throws `404 Namespace Not Found` also for one that the user does not belong to. */
export const getNamespace = async (
  deps: { readonly db: Db; readonly clock: Clock },
  user: User,
  idOrPath: string,
): Promise<NamespaceAccess> => {
  const isId = /^\d{1,15}$/.test(idOrPath);
  const namespace = isId
    ? await findNamespaceById(deps.db, Number(idOrPath))
    : await findNamespaceByPath(deps.db, idOrPath);
  const access = namespace && (await findNamespaceAccess(deps, user, namespace));
  if (access?.role === undefined) throw notFound('Namespace');
  return access;
};
