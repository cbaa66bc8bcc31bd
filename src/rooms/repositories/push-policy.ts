import { isSha, isShortRefName, ZERO_SHA } from '../../platform/git/index.ts';
import type { User } from '../accounts/index.ts';
import { isProtected, mayDeleteRef, mayPush, type Project, type ProtectedRefs, type Role } from '../projects/index.ts';
import type { RefUpdate } from './pushed.ts';

/** A ref that a push by git wants to move. `discards`: commits of a protected branch would be lost that nobody may force. */
export interface ProposedUpdate extends RefUpdate {
  readonly discards: boolean;
}

export interface Pusher {
  readonly project: Project;
  readonly rules: ProtectedRefs;
  readonly user: User;
  readonly role: Role | undefined;
}

const refuseBranch = (pusher: Pusher, branch: string, update: ProposedUpdate): string | undefined => {
  const { project, rules } = pusher;
  const isGuarded = isProtected(rules, branch, 'branch');
  if (update.discards) return 'You are not allowed to force push code to a protected branch on this project.';
  if (update.new === ZERO_SHA) {
    if (branch === project.defaultBranch) return 'The default branch of a project cannot be deleted.';
    if (mayDeleteRef(project, rules, pusher, branch, 'branch', 'git')) return undefined;
    if (!isGuarded) return 'You are not allowed to push code to this project.';
    return mayDeleteRef(project, rules, pusher, branch, 'branch', 'api')
      ? 'You can only delete protected branches using the web interface.'
      : 'You are not allowed to delete protected branches from this project. Only a project maintainer or owner can delete a protected branch.';
  }
  if (update.old === ZERO_SHA && isSha(branch)) {
    return 'Cannot create a branch with a 40-character hexadecimal branch name.';
  }
  if (mayPush(project, rules, pusher, branch, 'branch')) return undefined;
  return isGuarded
    ? 'You are not allowed to push code to protected branches on this project.'
    : 'You are not allowed to push code to this project.';
};

const refuseTag = (pusher: Pusher, tag: string, update: ProposedUpdate): string | undefined => {
  const { project, rules } = pusher;
  if (isProtected(rules, tag, 'tag') && update.old !== ZERO_SHA) {
    return update.new === ZERO_SHA
      ? 'You can only delete protected tags using the web interface.'
      : 'Protected tags cannot be updated.';
  }
  if (mayPush(project, rules, pusher, tag, 'tag')) return undefined;
  return isProtected(rules, tag, 'tag')
    ? 'You are not allowed to create this tag as it is protected.'
    : 'You are not allowed to push code to this project.';
};

/**
 * Why a push by git is refused as a whole, in GitLab's words; undefined when every ref may move. Only branches and tags can be
 * pushed.
 */
export const refusePush = (pusher: Pusher, updates: readonly ProposedUpdate[]): string | undefined => {
  for (const update of updates) {
    const [, kind, name = ''] = /^refs\/(heads|tags)\/(.*)$/s.exec(update.ref) ?? [];
    // What is not UTF-8 arrives here with replacement characters, and could not be named again.
    if (kind === undefined || !isShortRefName(name) || name.includes('\ufffd')) {
      return `The ref '${update.ref}' cannot be pushed: only branches and tags with valid names can.`;
    }
    const refusal = kind === 'heads' ? refuseBranch(pusher, name, update) : refuseTag(pusher, name, update);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};
