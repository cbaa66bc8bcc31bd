import type { ManagerDetails } from './manager-store.ts';
import type { Runner } from './runner.ts';
import { ONLINE_WITHIN } from './runner.ts';

const isOnline = (contactedAt: Date, now: Date): boolean =>
  now.getTime() - contactedAt.getTime() < ONLINE_WITHIN * 1000;

const executionStatus = (isActive: boolean) => (isActive ? 'active' : 'idle');

/** GitLab's `Ci::Runner` entity. `isActive`: it has a job in its hands. */
export function presentRunner(runner: Runner, isActive: boolean, now: Date) {
  const online = runner.contactedAt !== null && isOnline(runner.contactedAt, now);
  return {
    id: runner.id,
    description: runner.description,
    ip_address: null,
    active: !runner.paused,
    paused: runner.paused,
    is_shared: runner.runnerType === 'instance_type',
    runner_type: runner.runnerType,
    name: null,
    online: runner.contactedAt === null ? null : online,
    created_at: runner.createdAt.toISOString(),
    status: runner.contactedAt === null ? 'never_contacted' : online ? 'online' : 'offline',
    job_execution_status: executionStatus(isActive),
  };
}

/** The details of one runner. */
export const presentRunnerDetails = (
  runner: Runner,
  isActive: boolean,
  now: Date,
  serves: { readonly projects: readonly unknown[]; readonly groups: readonly unknown[] },
) => ({
  ...presentRunner(runner, isActive, now),
  tag_list: runner.tagList,
  run_untagged: runner.runUntagged,
  locked: runner.locked,
  maximum_timeout: runner.maximumTimeout,
  access_level: runner.accessLevel,
  maintenance_note: runner.maintenanceNote,
  contacted_at: runner.contactedAt?.toISOString() ?? null,
  projects: serves.projects,
  groups: serves.groups,
});

/** GitLab's `Ci::RunnerManager` entity. */
export const presentManager = (manager: ManagerDetails, now: Date) => ({
  id: manager.id,
  system_id: manager.systemId,
  version: manager.version,
  revision: manager.revision,
  platform: manager.platform,
  architecture: manager.architecture,
  created_at: manager.createdAt.toISOString(),
  contacted_at: manager.contactedAt.toISOString(),
  ip_address: manager.ipAddress,
  status: isOnline(manager.contactedAt, now) ? 'online' : 'offline',
  job_execution_status: executionStatus(manager.isActive),
});
