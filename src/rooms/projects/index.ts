export { type Ability } from './abilities.ts';
export { can, isVisibleTo, userCan } from './can.ts';
export type { Namespace, Project, VariablesOverrideRole, Visibility } from './project.ts';
export { ROLES, type Role } from './role.ts';
