import { type Actor, actingUser, type User } from '../accounts/index.ts';
import { type Ability, ruleOf } from './abilities.ts';
import type { Project } from './project.ts';
import type { Role } from './role.ts';

/** Whether the project's visibility lets this user (undefined = nobody signed in) see it without any role. */
const isVisibleTo = (user: User | undefined, project: Project): boolean =>
  project.visibility === 'public' || (project.visibility === 'internal' && user !== undefined);

const isOpen = (user: User | undefined, ability: Ability, project: Project): boolean => {
  const { open } = ruleOf(ability);
  if (open === undefined || !isVisibleTo(user, project)) return false;
  return open === 'jobs' ? project.publicJobs : true;
};

const isInForce = (user: User | undefined, ability: Ability, project: Project): boolean => {
  const rule = ruleOf(ability);
  if (rule.frozen === true && (project.archived || user?.state !== 'active')) return false;
  if (rule.ci === true && !project.buildsEnabled) return false;
  return rule.confirmed !== true || (user !== undefined && user.confirmedAt !== null);
};

/**
 * Whether a user (undefined = nobody signed in) with this role in the project has the ability. Pure; `role` is the
 * effective one of `findRole`, in which an administrator is an owner.
 */
export const userCan = (
  user: User | undefined,
  ability: Ability,
  project: Project,
  role: Role | undefined,
): boolean => {
  if (!isInForce(user, ability, project)) return false;
  if (isOpen(user, ability, project)) return true;
  const required = ruleOf(ability).role;
  const least = typeof required === 'function' ? required(project) : required;
  return user !== undefined && role !== undefined && least !== null && role >= least;
};

/** The same for a request's actor. `role` is the one that the guard handed over. */
export const can = (actor: Actor, ability: Ability, project: Project, role: Role | undefined): boolean =>
  userCan(actingUser(actor), ability, project, role);
