import { type Guard, integer } from '../../../http/index.ts';
import type { AccountGuards, User } from '../../accounts/index.ts';
import type { GroupGuards } from '../../groups/index.ts';
import type { ProjectGuards } from '../../projects/index.ts';
import type { HookPlace } from '../hook.ts';

/** Who calls, and whose hooks are meant. */
export interface HookSubject {
  readonly place: HookPlace;
  readonly user: User;
}

/** The routes of one kind of hook. */
export interface HookHome {
  readonly kind: HookPlace['kind'];
  /** `/projects/:id/hooks` */
  readonly path: string;
  /** Our own: `/projects/:id/penstock/hooks` */
  readonly ownPath: string;
  /** Where the log is: GitLab has none for system hooks, so theirs is our own. */
  readonly logPath: string;
  /** `project hook`, for summaries. */
  readonly noun: string;
  readonly guard: Guard<HookSubject>;
}

export interface HookHomeGuards {
  readonly accounts: AccountGuards;
  readonly project: ProjectGuards;
  readonly group: GroupGuards;
}

const readAs = <Subject>(guard: Guard<Subject>, read: (subject: Subject) => HookSubject): Guard<HookSubject> => ({
  label: guard.label,
  check: async (request) => read(await guard.check(request)),
});

/** Where hooks live: the instance (administrators), projects (maintainers), groups (owners). */
export const hookHomes = ({ accounts, project, group }: HookHomeGuards): readonly HookHome[] => [
  {
    kind: 'system',
    path: '/hooks',
    ownPath: '/penstock/hooks',
    logPath: '/penstock/hooks',
    noun: 'system hook',
    guard: readAs(accounts.admin(), ({ user }) => ({ place: { kind: 'system' }, user })),
  },
  {
    kind: 'project',
    path: '/projects/:id/hooks',
    ownPath: '/projects/:id/penstock/hooks',
    logPath: '/projects/:id/hooks',
    noun: 'project hook',
    guard: readAs(project('admin_hook', { authenticateFirst: true }), (subject) => ({
      place: { kind: 'project', projectId: subject.project.id },
      user: subject.actor.user,
    })),
  },
  {
    kind: 'group',
    path: '/groups/:id/hooks',
    ownPath: '/groups/:id/penstock/hooks',
    logPath: '/groups/:id/hooks',
    noun: 'group hook',
    guard: readAs(group('admin_group_hooks', { authenticateFirst: true }), (subject) => ({
      place: { kind: 'group', groupId: subject.group.id },
      user: subject.actor.user,
    })),
  },
];

export const hookId = { hook_id: integer({ required: true, description: 'The number of the hook' }) };
