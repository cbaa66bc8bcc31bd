import type { Clock } from '../../../kit/clock.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import type { AccountGuards } from '../../accounts/index.ts';
import type { ProjectGuards } from '../guards.ts';
import type { ProjectRepositories } from '../repositories-question.ts';
import type { OnProjectDeleted } from '../update-project.ts';

export interface ProjectRouteDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly repositories: ProjectRepositories;
  readonly onProjectDeleted: OnProjectDeleted;
  readonly guards: AccountGuards;
  readonly project: ProjectGuards;
}
