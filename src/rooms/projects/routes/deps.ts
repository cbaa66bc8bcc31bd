import type { Publish } from '../../../events/index.ts';
import type { Clock } from '../../../kit/clock.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import type { AccountGuards, UserConsequences } from '../../accounts/index.ts';
import type { GroupGuards, GroupProjects } from '../../groups/index.ts';
import type { OnProjectDeleted } from '../end-project.ts';
import type { ProjectGuards } from '../guards.ts';
import type { ProjectRepositories } from '../repositories-question.ts';

export interface ProjectRouteDeps extends Pick<UserConsequences, 'onUserBlocked' | 'onRightsLost'> {
  readonly db: Db;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly vault: Vault;
  readonly repositories: ProjectRepositories;
  readonly onProjectDeleted: OnProjectDeleted;
  readonly guards: AccountGuards;
  readonly group: GroupGuards;
  readonly groupProjects: GroupProjects;
  readonly project: ProjectGuards;
}
