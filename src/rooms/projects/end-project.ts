import { sql } from 'kysely';
import type { Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import type { ProjectId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { endBotsOf } from '../accounts/index.ts';
import { endBotDeps, endMemberships, revokeAccessRequests } from '../groups/index.ts';
import type { Project } from './project.ts';
import { lockProject, markProjectDeleted } from './project-store.ts';

/**
 * What follows from the end of a project (app/ hands it in): its running jobs are stopped, and a background task removes
 * repository, logs and rows. Runs in the deletion's own transaction.
 */
export type OnProjectDeleted = (tx: Tx, project: Project) => Promise<void>;

export interface EndProjectDeps {
  readonly clock: Clock;
  readonly publish: Publish;
  readonly onProjectDeleted: OnProjectDeleted;
}

/**
 * Ends a project: memberships, bots of its tokens, itself. Hidden last: until then subscribers read it under its own path.
 * False when it is gone already.
 */
export const endProject = async (deps: EndProjectDeps, tx: Tx, id: ProjectId): Promise<boolean> => {
  const project = await lockProject(tx, id);
  if (project === undefined) return false;
  await endBotsOf(endBotDeps(deps), tx, { kind: 'project', id });
  await revokeAccessRequests(deps.publish, tx, { place: { kind: 'project', id } });
  // Together with its memberships, so that it is told with its owners.
  const destroyed = { type: 'project_destroyed', projectId: id } as const;
  await endMemberships(deps.publish, tx, 'project', sql`project_id = ${id}`, [destroyed]);
  await markProjectDeleted(tx, project, deps.clock.now());
  await deps.onProjectDeleted(tx, project);
  return true;
};
