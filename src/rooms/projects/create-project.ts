import type { Clock } from '../../kit/clock.ts';
import { invalid } from '../../kit/errors.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { findNamespaceById, findNamespaceOfUser, lockNamespace, type Namespace, type User } from '../accounts/index.ts';
import { insertMember } from './member-store.ts';
import { completeNames, nameErrors, takenErrors } from './names-policy.ts';
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
import type { ProjectRepositories } from './repositories-question.ts';
import { ROLES } from './role.ts';
import { settingErrors } from './settings-policy.ts';

export interface CreateProjectDeps {
  readonly db: Db;
  readonly clock: Clock;
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

const namespaceFor = async (db: Db, user: User, id: number | undefined): Promise<Namespace> => {
  const namespace = id === undefined ? await findNamespaceOfUser(db, user.id) : await findNamespaceById(db, id);
  if (namespace === undefined || (namespace.ownerId !== user.id && !user.admin)) {
    throw invalid({ namespace: ['is not valid'] });
  }
  return namespace;
};

const refuseTaken = async (
  db: Db,
  namespace: Namespace,
  names: { readonly path: string; readonly name: string },
): Promise<void> => {
  const taken = takenErrors(await findTaken(db, namespace.id, names));
  if (taken !== undefined) throw invalid(taken);
};

const insertWhole = async (
  tx: Tx,
  project: NewProject,
  namespace: Namespace,
  settings: ProjectChanges & { readonly defaultBranch: string },
  now: Date,
): Promise<void> => {
  await lockNamespace(tx, namespace.id);
  await refuseTaken(tx, namespace, project);
  if (!(await insertProject(tx, project, now))) throw invalid({ path: ['has already been taken'] });
  await updateProject(tx, project.id, settings, now);
  const owner = {
    projectId: project.id,
    userId: namespace.ownerId ?? project.creatorId,
    createdById: project.creatorId,
  };
  await insertMember(tx, { ...owner, accessLevel: ROLES.owner, expiresAt: null }, now);
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
  const namespace = await namespaceFor(deps.db, user, request.namespaceId);
  const names = completeNames({ name: request.name, path: request.path });
  const errors = nameErrors(names) ?? settingErrors(settings);
  if (errors !== undefined) throw invalid(errors);
  await refuseTaken(deps.db, namespace, names);

  const id = await reserveProjectId(deps.db);
  await deps.repositories.create({ id, defaultBranch: settings.defaultBranch });
  const fullPath = `${namespace.fullPath}/${names.path}`;
  const row = { id, namespaceId: namespace.id, creatorId: user.id, fullPath, ...names };
  try {
    await deps.db.transaction().execute((tx) => insertWhole(tx, row, namespace, settings, deps.clock.now()));
  } catch (error) {
    await deps.repositories.remove({ id });
    throw error;
  }
  const project = await findProjectById(deps.db, id);
  if (project === undefined) throw new Error(`project ${id} is gone as soon as it was made`);
  if (request.initializeWithReadme === true) await deps.repositories.initializeWithReadme(project, user);
  return project;
};
