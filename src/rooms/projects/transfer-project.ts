import type { Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import { invalid, notFound } from '../../kit/errors.ts';
import { inspectHash } from '../../kit/ruby-hash.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { lockNamespace, type Namespace, type User } from '../accounts/index.ts';
import {
  type Group,
  getNamespace,
  groupsOfMember,
  idIn,
  isWithin,
  makeOwner,
  type NamespaceAccess,
  ROLES,
  readGroups,
  selectGroups,
} from '../groups/index.ts';
import { mayCreateIn } from './may-create-in.ts';
import type { Project } from './project.ts';
import { findProjectById, findTaken, lockProject, moveProject } from './project-store.ts';
import { deleteRedirects, insertRedirect } from './redirect-store.ts';

interface TransferDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly publish: Publish;
}

const refused = (sentence: string) =>
  invalid(`Failed to transfer project ${inspectHash({ new_namespace: [sentence] })}`);

/** Into one's own namespace, and into groups from maintainer on where one may make projects. */
const mayTransferTo = async (deps: TransferDeps, user: User, { namespace, role }: NamespaceAccess): Promise<boolean> =>
  role !== undefined && role >= ROLES.maintainer && (await mayCreateIn(deps, user, namespace));

const move = async (deps: TransferDeps, tx: Tx, user: User, project: Project, to: Namespace): Promise<void> => {
  const now = deps.clock.now();
  // In the order of ids: two transfers between the same namespaces do not wait for each other.
  for (const id of [project.namespace.id, to.id].toSorted((a, b) => a - b)) await lockNamespace(tx, id);
  const namespace = await lockNamespace(tx, to.id);
  const current = await lockProject(tx, project.id);
  if (namespace === undefined || current === undefined) throw notFound(current === undefined ? 'Project' : 'Namespace');
  const taken = await findTaken(tx, namespace, current);
  if (taken.path || taken.name) throw refused('Project with same name or path in target namespace already exists');
  const isOpenEnough = namespace.kind === 'user' || isWithin(current.visibility, namespace.visibility);
  const visibility = isOpenEnough ? current.visibility : namespace.visibility;
  const fullPath = `${namespace.fullPath}/${current.path}`;
  await deleteRedirects(tx, [fullPath]);
  await insertRedirect(tx, project.id, current.fullPath, now);
  await moveProject(tx, project.id, { namespaceId: namespace.id, fullPath, visibility }, now);
  await deps.publish(tx, [
    { type: 'project_transferred', projectId: project.id, oldPathWithNamespace: current.fullPath },
  ]);
  // The owner of a namespace owns the projects in it.
  if (namespace.ownerId === null) return;
  const owner = { userId: namespace.ownerId, createdById: user.id };
  await makeOwner(deps.publish, tx, { kind: 'project', id: project.id }, owner, now);
};

/**
 * Moves a project into another namespace; its old path leads to it. It becomes no more open than the group it goes to.
 * Throws 404 for a namespace that the user does not belong to, 400 with GitLab's sentence for one that does not take it.
 */
export const transferProject = async (
  deps: TransferDeps,
  user: User,
  project: Project,
  idOrPath: string,
): Promise<Project> => {
  const access = await getNamespace(deps, user, idOrPath);
  if (access.namespace.id === project.namespace.id) throw refused('Project is already in this namespace.');
  if (!(await mayTransferTo(deps, user, access))) {
    throw refused("You don't have permission to transfer projects into that namespace.");
  }
  await deps.db.transaction().execute((tx) => move(deps, tx, user, project, access.namespace));
  const moved = await findProjectById(deps.db, project.id);
  if (moved === undefined) throw notFound('Project');
  return moved;
};

/** The groups that a project may be moved to by this user, in the order of ids. */
export const findTransferLocations = async (
  deps: TransferDeps,
  user: User,
  project: Project,
  search: string | undefined,
): Promise<readonly Group[]> => {
  const groups = await readGroups(
    selectGroups(deps.db)
      .where(idIn(groupsOfMember(user.id, ROLES.maintainer, deps.clock.now())))
      .where('namespaces.id', '!=', project.namespace.id)
      .orderBy('namespaces.id'),
  );
  const wanted = search?.toLowerCase() ?? '';
  const found = groups.filter(({ name, path }) => `${name} ${path}`.toLowerCase().includes(wanted));
  const allowed = await Promise.all(
    found.map((group) => mayCreateIn(deps, user, { id: group.id, kind: 'group', ownerId: null })),
  );
  return found.filter((_group, index) => allowed[index] === true);
};
