import type { Publish } from '../../../events/index.ts';
import type { Clock } from '../../../kit/clock.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import type { AccountGuards, UserConsequences } from '../../accounts/index.ts';
import type { GroupGuards } from '../guards.ts';
import type { GroupProjects } from '../projects-question.ts';

export interface GroupRouteDeps extends Pick<UserConsequences, 'onRightsLost'> {
  readonly db: Db;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly groupProjects: GroupProjects;
  readonly guards: AccountGuards;
  readonly group: GroupGuards;
}
