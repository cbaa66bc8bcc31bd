import type { Guard } from '../../http/index.ts';
import { forbidden, recordNotFound, unauthorized } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { actingUser } from '../accounts/index.ts';
import { ROLES } from '../groups/index.ts';
import {
  can,
  findProtectedRefs,
  mayMergeInto,
  mayPush,
  type ProjectGuardOptions,
  type ProjectGuards,
  type ProjectSubject,
  type SignedInActor,
} from '../projects/index.ts';
import type { MergeRequest } from './merge-request.ts';
import { findMergeRequestByIid } from './store.ts';

export interface MergeRequestSubject extends ProjectSubject {
  readonly mergeRequest: MergeRequest;
}

export interface ChangerSubject extends ProjectSubject<SignedInActor> {
  readonly mergeRequest: MergeRequest;
}

/** What one may do with a merge request, beyond reading it. */
export type MergeRequestRight =
  /** Everybody who may read it; members alone where its discussion is locked. */
  | 'comment'
  /** Its author, its assignees, and developers. */
  | 'update'
  /** Members who may update it. */
  | 'approve'
  /** The same; who may not is refused with 403, as in GitLab. */
  | 'unapprove'
  /** Developers on the source branch. */
  | 'run_pipeline'
  /** Whoever may push or merge into the target branch. */
  | 'merge'
  /** Its author, and whoever may merge it. */
  | 'cancel_merge'
  /** Whoever may push to the source branch. */
  | 'rebase'
  | 'destroy';

export interface MergeRequestGuards {
  readonly project: ProjectGuards;
  /** `:merge_request_iid` of `:id`. */
  readonly read: (options?: ProjectGuardOptions) => Guard<MergeRequestSubject>;
  /** The same for somebody signed in who may: otherwise 403, and 401 for merging and approving, as in GitLab. */
  readonly change: (right: MergeRequestRight) => Guard<ChangerSubject>;
}

const LABELS: Readonly<Record<MergeRequestRight, string>> = {
  comment: 'comment on the merge request',
  update: 'update the merge request, as developer, author or assignee',
  approve: 'approve the merge request, as developer, or member and author or assignee',
  unapprove: 'approve the merge request, as developer, or member and author or assignee',
  run_pipeline: 'create_pipeline of the merge request',
  merge: 'merge into the target branch',
  cancel_merge: 'merge into the target branch, or its author',
  rebase: 'push to the source branch',
  destroy: 'destroy_merge_request',
};

const UNAUTHORIZED: readonly MergeRequestRight[] = ['merge', 'cancel_merge', 'approve'];

const iidOf = (text: string | undefined): number => {
  const iid = Number(text);
  return Number.isSafeInteger(iid) ? iid : 0;
};

/** Guards of routes below one merge request. */
export const mergeRequestGuards = (deps: { readonly db: Db; readonly project: ProjectGuards }): MergeRequestGuards => {
  const find = async (subject: ProjectSubject, iid: string | undefined): Promise<MergeRequest> => {
    const mergeRequest = await findMergeRequestByIid(deps.db, subject.project.id, iidOf(iid));
    if (mergeRequest === undefined) throw recordNotFound();
    return mergeRequest;
  };
  const may = async (subject: ChangerSubject, right: MergeRequestRight): Promise<boolean> => {
    const { actor, project, role, mergeRequest } = subject;
    switch (right) {
      case 'comment':
        return !project.archived && (mergeRequest.discussionLocked !== true || role !== undefined);
      case 'update':
        return mayUpdate(subject, mergeRequest);
      case 'approve':
      case 'unapprove':
        return mayApprove(subject, mergeRequest);
      case 'run_pipeline':
        return can(actor, 'create_pipeline', project, role);
      case 'cancel_merge':
        return mergeRequest.authorId === actor.user.id || may(subject, 'merge');
      case 'merge':
      case 'rebase': {
        const rules = await findProtectedRefs(deps.db, project.id);
        const who = { user: actor.user, role };
        return right === 'merge'
          ? mayMergeInto(project, rules, who, mergeRequest.targetBranch)
          : mayPush(project, rules, who, mergeRequest.sourceBranch, 'branch');
      }
      case 'destroy':
        return can(actor, 'destroy_merge_request', project, role);
    }
  };
  return {
    project: deps.project,
    read: (options) => {
      const guard = deps.project('read_merge_request', options);
      return {
        label: `${guard.label} of the merge request`,
        check: async (request) => {
          const subject = await guard.check(request);
          return { ...subject, mergeRequest: await find(subject, request.pathParams['merge_request_iid']) };
        },
      };
    },
    change: (right) => {
      const guard = deps.project('read_merge_request', { authenticateFirst: true });
      return {
        label: `${guard.label}, ${LABELS[right]}`,
        check: async (request) => {
          const reader = await guard.check(request);
          const subject = { ...reader, mergeRequest: await find(reader, request.pathParams['merge_request_iid']) };
          if (await may(subject, right)) return subject;
          throw UNAUTHORIZED.includes(right) ? unauthorized() : forbidden();
        },
      };
    },
  };
};

/** Internal comments are for members from reporter on. */
export const seesInternal = ({ role }: Pick<ProjectSubject, 'role'>): boolean =>
  role !== undefined && role >= ROLES.reporter;

const mayUpdate = ({ actor, project, role }: ProjectSubject, mergeRequest: MergeRequest): boolean => {
  if (can(actor, 'push_code', project, role)) return true;
  const user = actingUser(actor);
  return user !== undefined && !project.archived && isInvolved(mergeRequest, user.id);
};

export const mayApprove = (subject: ProjectSubject, mergeRequest: MergeRequest): boolean =>
  subject.role !== undefined && mayUpdate(subject, mergeRequest);

const isInvolved = ({ authorId, assigneeIds }: MergeRequest, userId: number): boolean =>
  authorId === userId || assigneeIds.some((id) => id === userId);
