import type { Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import { invalid } from '../../kit/errors.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { findNamespaceById, findNamespaceOfUser, lockNamespace, type Namespace, type User } from '../accounts/index.ts';
import { insertMember, ROLES } from '../groups/index.ts';
import { mayCreateIn } from './may-create-in.ts';
import { completeNames, nameErrors, takenErrors, tooOpenErrors } from './names-policy.ts';
import type { Project } from './project.ts';
import {
  findProjectById,
  findTaken,
  insertProject,
  type NewProject,
  type ProjectChanges,
  reserveProjectId,
  updateProject,
} from './project-store.ts';
import { insertProtectedBranch } from './protected-ref-store.ts';
import { deleteRedirects } from './redirect-store.ts';
import type { ProjectRepositories } from './repositories-question.ts';
import { settingErrors } from './settings-policy.ts';

export interface CreateProjectDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly repositories: ProjectRepositories;
}

export interface CreateProjectRequest {
  /** One of name and path may be missing: it is made from the other. */
  readonly name?: string | undefined;
  readonly path?: string | undefined;
  /** Default: the creator's own namespace. */
  readonly namespaceId?: number | undefined;
  readonly settings?: Omit<ProjectChanges, 'name' | 'path' | 'fullPath'>;
  readonly initializeWithReadme?: boolean;
}

const DEFAULT_BRANCH = 'main';

/** Where the project goes: the user's own namespace, or a group in which the user may make projects. */
const namespaceFor = async (deps: CreateProjectDeps, user: User, id: number | undefined): Promise<Namespace> => {
  const namespace =
    id === undefined ? await findNamespaceOfUser(deps.db, user.id) : await findNamespaceById(deps.db, id);
  if (namespace === undefined || !(await mayCreateIn(deps, user, namespace))) {
    throw invalid({ namespace: ['is not valid'] });
  }
  return namespace;
};

const refuseTaken = async (
  db: Db,
  namespace: Namespace,
  names: { readonly path: string; readonly name: string },
): Promise<void> => {
  const taken = takenErrors(await findTaken(db, namespace, names));
  if (taken !== undefined) throw invalid(taken);
};

const insertWhole = async (
  { publish }: Pick<CreateProjectDeps, 'publish'>,
  tx: Tx,
  row: Omit<NewProject, 'fullPath'>,
  settings: ProjectChanges & { readonly defaultBranch: string },
  now: Date,
): Promise<void> => {
  const namespace = await lockNamespace(tx, row.namespaceId);
  if (namespace === undefined) throw invalid({ namespace: ['is not valid'] });
  // The group may have been renamed or closed since it was looked at.
  const wrong = tooOpenErrors(namespace, settings.visibility ?? 'private');
  if (wrong !== undefined) throw invalid(wrong);
  const project = { ...row, fullPath: `${namespace.fullPath}/${row.path}` };
  await refuseTaken(tx, namespace, project);
  if (!(await insertProject(tx, project, now))) throw invalid({ path: ['has already been taken'] });
  await updateProject(tx, project.id, settings, now);
  await deleteRedirects(tx, [project.fullPath]);
  await publish(tx, [{ type: 'project_created', projectId: project.id }]);
  // In a group the roles come from the group.
  if (namespace.ownerId !== null) {
    const owner = { userId: namespace.ownerId, accessLevel: ROLES.owner, expiresAt: null };
    const member = { ...owner, createdById: project.creatorId };
    await insertMember(publish, tx, { kind: 'project', id: project.id }, member, now);
  }
  const protection = { pushAccessLevel: 40, mergeAccessLevel: 40, allowForcePush: false } as const;
  await insertProtectedBranch(tx, project.id, { name: settings.defaultBranch, ...protection }, now);
};

/**
 * Makes a project with its repository, its owner and the protection of its default branch. Throws 400 with GitLab's
 * attribute errors. The repository is made first, so that no project is ever without one.
 */
export const createProject = async (
  deps: CreateProjectDeps,
  user: User,
  request: CreateProjectRequest,
): Promise<Project> => {
  const settings = { ...request.settings, defaultBranch: request.settings?.defaultBranch ?? DEFAULT_BRANCH };
  const namespace = await namespaceFor(deps, user, request.namespaceId);
  const names = completeNames({ name: request.name, path: request.path });
  const errors =
    nameErrors(names) ?? settingErrors(settings) ?? tooOpenErrors(namespace, settings.visibility ?? 'private');
  if (errors !== undefined) throw invalid(errors);
  await refuseTaken(deps.db, namespace, names);

  const id = await reserveProjectId(deps.db);
  await deps.repositories.create({ id, defaultBranch: settings.defaultBranch });
  const row = { id, namespaceId: namespace.id, creatorId: user.id, ...names };
  try {
    await deps.db.transaction().execute((tx) => insertWhole(deps, tx, row, settings, deps.clock.now()));
  } catch (error) {
    await deps.repositories.remove({ id });
    throw error;
  }
  const project = await findProjectById(deps.db, id);
  if (project === undefined) throw new Error(`project ${id} is gone as soon as it was made`);
  if (request.initializeWithReadme === true) await deps.repositories.initializeWithReadme(project, user);
  return project;
};
