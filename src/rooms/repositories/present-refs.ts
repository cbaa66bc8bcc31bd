import { matchesWildcard } from '../../kit/wildcard.ts';
import type { Commit, Ref } from '../../platform/git/index.ts';
import type { User } from '../accounts/index.ts';
import { isProtected, mayPush, type Project, type ProtectedRefs, type Role } from '../projects/index.ts';
import { presentCommit } from './present-commit.ts';

/** What is needed to show the branches and tags of a project to somebody. */
export interface RefContext {
  readonly project: Project;
  readonly rules: ProtectedRefs;
  /** Undefined for nobody signed in. */
  readonly user: User | undefined;
  readonly role: Role | undefined;
  /** `https://host/group/project`. */
  readonly projectUrl: string;
}

const DEVELOPER = 30;

/** `isMerged`: all its commits are in the default branch. */
export const presentBranch = (name: string, commit: Commit, isMerged: boolean, context: RefContext) => {
  const { project, rules, user, role, projectUrl } = context;
  const matching = rules.branches.filter((rule) => matchesWildcard(rule.name, name));
  const isDefault = name === project.defaultBranch;
  return {
    name,
    merged: isMerged && !isDefault,
    protected: matching.length > 0,
    default: isDefault,
    developers_can_push: matching.some((rule) => rule.pushAccessLevel === DEVELOPER),
    developers_can_merge: matching.some((rule) => rule.mergeAccessLevel === DEVELOPER),
    can_push: user !== undefined && mayPush(project, rules, { user, role }, name, 'branch'),
    web_url: `${projectUrl}/-/tree/${encodeURI(name)}`,
    commit: presentCommit(commit, projectUrl),
  };
};

/** What an annotated tag says of itself. */
export interface TagAnnotation {
  readonly message: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export const presentTag = (
  ref: Pick<Ref, 'fullRef' | 'targetSha'>,
  commit: Commit,
  annotation: TagAnnotation | undefined,
  release: { readonly description: string | null } | undefined,
  context: RefContext,
) => {
  const name = ref.fullRef.slice('refs/tags/'.length);
  return {
    name,
    message: annotation?.message ?? null,
    target: ref.targetSha,
    commit: presentCommit(commit, context.projectUrl),
    release: release === undefined ? null : { tag_name: name, description: release.description },
    protected: isProtected(context.rules, name, 'tag'),
    created_at: annotation?.createdAt ?? null,
  };
};
