import type { Runner } from './runner.ts';
import { ONLINE_WITHIN } from './runner.ts';

/** GitLab's `Ci::Runner` entity. */
export function presentRunner(runner: Runner, now: Date) {
  const online = runner.contactedAt !== null && now.getTime() - runner.contactedAt.getTime() < ONLINE_WITHIN * 1000;
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
    job_execution_status: 'idle',
  };
}

/** The details of one runner. */
export const presentRunnerDetails = (
  runner: Runner,
  now: Date,
  serves: { readonly projects: readonly unknown[]; readonly groups: readonly unknown[] },
) => ({
  ...presentRunner(runner, now),
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
