export type { Ability } from './abilities.ts';
export { can, userCan } from './can.ts';
export { type CreateProjectDeps, type CreateProjectRequest, createProject } from './create-project.ts';
export {
  type ProjectGuardOptions,
  type ProjectGuards,
  type ProjectSubject,
  projectGuards,
  type SignedInActor,
} from './guards.ts';
export { jobTokenReach } from './job-token-scope.ts';
export type { Project, VariablesOverrideRole, Visibility } from './project.ts';
export { findProject, findProjectById, touchProject } from './project-store.ts';
export { findProtectedRefs } from './protected-ref-store.ts';
export {
  isProtected,
  mayDeleteRef,
  mayForcePush,
  mayPush,
  mayUpdateRef,
  type ProtectedRefs,
  type RefKind,
} from './protected-refs.ts';
export type { ProjectRepositories } from './repositories-question.ts';
export { ROLES, type Role } from './role.ts';
export { findRole } from './role-store.ts';
export type { ProjectRouteDeps } from './routes/deps.ts';
export { projectRoutes } from './routes/index.ts';
export type { OnProjectDeleted } from './update-project.ts';
