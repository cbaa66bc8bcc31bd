export type { Ability } from './abilities.ts';
export { can, userCan } from './can.ts';
export { type CreateProjectRequest, createProject } from './create-project.ts';
export type { DeployToken } from './deploy-token.ts';
export { isDeployTokenActive } from './deploy-token.ts';
export { deployTokenReaches, findCiDeployToken, findDeployTokenByDigest } from './deploy-token-store.ts';
export { groupProjects } from './group-projects.ts';
export {
  type ProjectGuardOptions,
  type ProjectGuards,
  type ProjectSubject,
  projectGuards,
  type SignedInActor,
} from './guards.ts';
export { jobTokenReach } from './job-token-scope.ts';
export { listProjects } from './list-store.ts';
export type { Project } from './project.ts';
export { findProject, findProjectById, findProjectByPath, touchProject } from './project-store.ts';
export { findProtectedRefs } from './protected-ref-store.ts';
export {
  isProtected,
  mayDeleteRef,
  mayForcePush,
  mayMergeInto,
  mayPush,
  mayUpdateRef,
  type ProtectedRefs,
  type RefKind,
} from './protected-refs.ts';
export type { Role } from './role.ts';
export { findRole, isMember } from './role-store.ts';
export { projectRoutes } from './routes/index.ts';
