import type { User } from '../accounts/index.ts';
import type { Group } from './group.ts';
import { ROLES, type Role } from './role.ts';

interface GroupRule {
  /** Lowest role that has it; null = administrators only, whatever their role. */
  readonly role: Role | null | ((group: Group) => Role | null);
  /** Also for whoever the group's visibility lets in. */
  readonly open?: true;
}

const { guest, developer, maintainer, owner } = ROLES;

const projectCreator = (group: Group): Role | null => {
  switch (group.projectCreationLevel) {
    case 'developer':
      return developer;
    case 'maintainer':
      return maintainer;
    case 'owner':
      return owner;
    case 'administrator':
    case 'noone':
      return null;
  }
};

/** GitLab's permissions in a group: each ability with the lowest role that has it. The only place that says so. */
export const GROUP_ABILITIES = {
  read_group: { role: guest, open: true },
  read_group_member: { role: guest, open: true },
  admin_group: { role: owner },
  admin_group_member: { role: owner },
  remove_group: { role: owner },
  create_subgroup: { role: (group) => ROLES[group.subgroupCreationLevel] },
  create_projects: { role: projectCreator },
  admin_group_variables: { role: owner },
  admin_group_runners: { role: owner },
  admin_group_hooks: { role: owner },
} as const satisfies Readonly<Record<string, GroupRule>>;

/** Every right over a group that a guard or a verb can ask for. */
export type GroupAbility = keyof typeof GROUP_ABILITIES;

/** Whether the group's visibility lets this user (undefined = nobody signed in) see it without any role. */
const isVisibleTo = (user: User | undefined, group: Group): boolean =>
  group.visibility === 'public' || (group.visibility === 'internal' && user !== undefined);

/** Whether a user (undefined = nobody signed in) with this effective role in the group has the ability. Pure. */
export const groupCan = (
  user: User | undefined,
  ability: GroupAbility,
  group: Group,
  role: Role | undefined,
): boolean => {
  const rule: GroupRule = GROUP_ABILITIES[ability];
  if (rule.open === true && isVisibleTo(user, group)) return true;
  const least = typeof rule.role === 'function' ? rule.role(group) : rule.role;
  if (least === null) return user?.admin === true && group.projectCreationLevel !== 'noone';
  return user !== undefined && role !== undefined && role >= least;
};
