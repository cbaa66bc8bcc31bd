/** Roles are those of groups: what somebody is in a group, they are in its projects. */
export { isRole, ROLES, type Role } from '../groups/index.ts';
