import type { Fact, Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import { conflict, forbidden, invalid, notFound } from '../../kit/errors.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { type Actor, lockNamespace, type Namespace } from '../accounts/index.ts';
import type { Visibility } from '../groups/index.ts';
import { can } from './can.ts';
import { type EndProjectDeps, endProject } from './end-project.ts';
import { nameErrors, takenErrors, tooOpenErrors } from './names-policy.ts';
import type { Project } from './project.ts';
import { findProjectById, findTaken, lockProject, type ProjectChanges, updateProject } from './project-store.ts';
import { deleteRedirects, insertRedirect } from './redirect-store.ts';
import type { ProjectRepositories } from './repositories-question.ts';
import { ROLES, type Role } from './role.ts';
import { settingErrors } from './settings-policy.ts';

export interface ChangeProjectDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly repositories: Pick<ProjectRepositories, 'isEmpty' | 'hasBranch' | 'pointHead'>;
}

interface Whose {
  readonly actor: Actor;
  readonly project: Project;
  readonly role: Role | undefined;
}

const refuseUnlessMay = ({ actor, project, role }: Whose, changes: ProjectChanges): void => {
  const { visibility, variablesOverrideRole } = changes;
  const changesVisibility = visibility !== undefined && visibility !== project.visibility;
  if (changesVisibility && !can(actor, 'change_visibility_level', project, role)) throw forbidden();
  const touchesOwner = variablesOverrideRole === 'owner' || project.variablesOverrideRole === 'owner';
  const changesOverride =
    variablesOverrideRole !== undefined && variablesOverrideRole !== project.variablesOverrideRole;
  if (changesOverride && touchesOwner && (role === undefined || role < ROLES.owner)) {
    throw invalid(
      'Changing the restrict_user_defined_variables or ci_pipeline_variables_minimum_override_role is not allowed',
    );
  }
};

const refuseMissingBranch = async (deps: ChangeProjectDeps, project: Project, branch: string): Promise<void> => {
  if (await deps.repositories.hasBranch(project, branch)) return;
  if (await deps.repositories.isEmpty(project)) return;
  throw invalid({ base: [`Could not change HEAD: branch '${branch}' does not exist`] });
};

/** With the full path that follows from a new path; the old one leads to it from now on. */
const withFullPath = async (
  tx: Tx,
  project: Project,
  namespace: Namespace,
  changes: ProjectChanges,
  now: Date,
): Promise<ProjectChanges> => {
  if (changes.path === undefined || changes.path === project.path) return changes;
  const fullPath = `${namespace.fullPath}/${changes.path}`;
  await deleteRedirects(tx, [fullPath]);
  if (fullPath.toLowerCase() !== project.fullPath.toLowerCase()) {
    await insertRedirect(tx, project.id, project.fullPath, now);
  }
  return { ...changes, fullPath };
};

const refuseTooOpen = (namespace: Namespace, visibility: Visibility | undefined): void => {
  const wrong = visibility === undefined ? undefined : tooOpenErrors(namespace, visibility);
  if (wrong !== undefined) throw invalid(wrong);
};

/** As GitLab: a new path is a renaming, a new name alone an update. Nothing where nothing is new. */
export const factsOf = (before: Project, changes: ProjectChanges): readonly Fact[] => {
  const { id: projectId, fullPath: oldPathWithNamespace } = before;
  if (changes.path !== undefined && changes.path !== before.path) {
    return [{ type: 'project_renamed', projectId, oldPathWithNamespace }];
  }
  const old = new Map<string, unknown>(Object.entries(before));
  const differs = Object.entries(changes).some(([name, value]) => value !== undefined && value !== old.get(name));
  return differs ? [{ type: 'project_updated', projectId }] : [];
};

/**
 * Changes a project. Throws 403 where the caller's role does not reach (visibility: owners), 400 with attribute errors, 409 when
 * it is transferred at the same time. Only the names of `ProjectChanges` can be changed.
 */
export const changeProject = async (
  deps: ChangeProjectDeps,
  whose: Whose,
  wanted: ProjectChanges,
): Promise<Project> => {
  const { project } = whose;
  refuseUnlessMay(whose, wanted);
  const names = { name: wanted.name ?? project.name, path: wanted.path ?? project.path };
  const errors = (wanted.name ?? wanted.path) === undefined ? undefined : nameErrors(names);
  const wrong = errors ?? settingErrors(wanted);
  if (wrong !== undefined) throw invalid(wrong);
  const { defaultBranch } = wanted;
  const newHead = defaultBranch === undefined || defaultBranch === project.defaultBranch ? undefined : defaultBranch;
  if (newHead !== undefined) await refuseMissingBranch(deps, project, newHead);

  await deps.db.transaction().execute(async (tx) => {
    const now = deps.clock.now();
    const namespace = await lockNamespace(tx, project.namespace.id);
    if (namespace === undefined) throw notFound('Project');
    refuseTooOpen(namespace, wanted.visibility);
    const taken = takenErrors(await findTaken(tx, namespace, names, project.id));
    if (taken !== undefined) throw invalid(taken);
    const before = await lockProject(tx, project.id);
    if (before === undefined) throw notFound('Project');
    // Its path and its openness follow from where it is now.
    if (before.namespace.id !== namespace.id) throw conflict('The project has been transferred meanwhile');
    const changes = await withFullPath(tx, before, namespace, wanted, now);
    await updateProject(tx, project.id, changes, now);
    await deps.publish(tx, factsOf(before, changes));
  });
  if (newHead !== undefined) await deps.repositories.pointHead(project, newHead);
  const changed = await findProjectById(deps.db, project.id);
  if (changed === undefined) throw notFound('Project');
  return changed;
};

/** Hides a project at once and frees its path. Throws 404 when it is gone already. */
export const deleteProject = async (deps: EndProjectDeps & { readonly db: Db }, project: Project): Promise<void> => {
  await deps.db.transaction().execute(async (tx) => {
    if (!(await endProject(deps, tx, project.id))) throw notFound('Project');
  });
};
