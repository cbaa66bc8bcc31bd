import { matchesWildcard } from '../../kit/wildcard.ts';
import type { User } from '../accounts/index.ts';
import { userCan } from './can.ts';
import type { Project } from './project.ts';
import type { Role } from './role.ts';

export type RefKind = 'branch' | 'tag';

/** 0 nobody, 30 developers and up, 40 maintainers and up, 60 administrators only. */
export type RefAccessLevel = 0 | 30 | 40 | 60;

export interface ProtectedBranch {
  readonly id: number;
  /** A branch, or a pattern with `*`. */
  readonly name: string;
  readonly pushAccessLevel: RefAccessLevel;
  readonly mergeAccessLevel: RefAccessLevel;
  readonly allowForcePush: boolean;
}

export interface ProtectedTag {
  readonly id: number;
  readonly name: string;
  readonly createAccessLevel: RefAccessLevel;
}

/** All the rules of one project. */
export interface ProtectedRefs {
  readonly branches: readonly ProtectedBranch[];
  readonly tags: readonly ProtectedTag[];
}

/** Whether a branch or tag (short name) is protected by a rule of its name or by a pattern. */
export const isProtected = (rules: ProtectedRefs, ref: string, kind: RefKind): boolean =>
  (kind === 'branch' ? rules.branches : rules.tags).some(({ name }) => matchesWildcard(name, ref));

const reaches = (level: RefAccessLevel, user: User, role: Role | undefined): boolean => {
  if (level === 0) return false;
  return level === 60 ? user.admin : role !== undefined && role >= level;
};

interface Who {
  readonly user: User;
  /** Effective, of `findRole`. */
  readonly role: Role | undefined;
}

/** Whether somebody may push commits to a branch, or create or move a tag. Of several rules that match, the most generous counts. */
export const mayPush = (project: Project, rules: ProtectedRefs, who: Who, ref: string, kind: RefKind): boolean => {
  if (!userCan(who.user, 'push_code', project, who.role)) return false;
  const levels =
    kind === 'branch'
      ? rules.branches.filter(({ name }) => matchesWildcard(name, ref)).map((rule) => rule.pushAccessLevel)
      : rules.tags.filter(({ name }) => matchesWildcard(name, ref)).map((rule) => rule.createAccessLevel);
  return levels.length === 0 || levels.some((level) => reaches(level, who.user, who.role));
};

/** Whether a push to a protected branch may throw commits away. Everybody may on an unprotected one. */
export const mayForcePush = (rules: ProtectedRefs, branch: string): boolean => {
  const matching = rules.branches.filter(({ name }) => matchesWildcard(name, branch));
  return matching.length === 0 || matching.some((rule) => rule.allowForcePush);
};

/**
 * Whether somebody may delete a branch or tag. A protected branch is deleted by maintainers through the API only, never by
 * git; a protected tag by those who may create it.
 */
export const mayDeleteRef = (
  project: Project,
  rules: ProtectedRefs,
  who: Who,
  ref: string,
  kind: RefKind,
  through: 'git' | 'api',
): boolean => {
  if (kind === 'tag') return mayPush(project, rules, who, ref, 'tag');
  if (!isProtected(rules, ref, 'branch')) return userCan(who.user, 'push_code', project, who.role);
  return through === 'api' && userCan(who.user, 'delete_protected_branch', project, who.role);
};

/** Whether somebody may merge into a branch: with the right to push to it, or to merge, where it is protected. */
export const mayMergeInto = (project: Project, rules: ProtectedRefs, who: Who, branch: string): boolean =>
  userCan(who.user, 'push_code', project, who.role) && mayUpdateRef(project, rules, who, branch, 'branch');

/**
 * Whether somebody may run, retry, play or cancel pipelines on a ref: on a protected branch with the right to push *or*
 * merge, on a protected tag with the right to create it. Says nothing of the role that the action itself needs.
 */
export const mayUpdateRef = (project: Project, rules: ProtectedRefs, who: Who, ref: string, kind: RefKind): boolean => {
  if (!isProtected(rules, ref, kind)) return true;
  if (mayPush(project, rules, who, ref, kind)) return true;
  return (
    kind === 'branch' &&
    rules.branches.some((rule) => matchesWildcard(rule.name, ref) && reaches(rule.mergeAccessLevel, who.user, who.role))
  );
};
