import type { NamespaceId, RunnerId } from '../../kit/ids.ts';

export type RunnerType = 'instance_type' | 'group_type' | 'project_type';

/** A row of `runners`. Its token is stored as a digest only. */
export interface Runner {
  readonly id: RunnerId;
  readonly runnerType: RunnerType;
  /** Of a group runner: the group whose projects, with those below it, it serves. */
  readonly groupId: NamespaceId | null;
  readonly description: string;
  readonly maintenanceNote: string | null;
  readonly paused: boolean;
  readonly locked: boolean;
  readonly runUntagged: boolean;
  readonly tagList: readonly string[];
  /** `ref_protected`: takes jobs of protected refs only. */
  readonly accessLevel: 'not_protected' | 'ref_protected';
  /** Seconds; null = no limit of its own. */
  readonly maximumTimeout: number | null;
  /** Comes with the server. */
  readonly embedded: boolean;
  readonly tokenExpiresAt: Date | null;
  readonly contactedAt: Date | null;
  readonly createdAt: Date;
}

/** One process that uses a runner's token. */
export interface RunnerManager {
  readonly id: number;
  readonly systemId: string;
}

/** Words of GitLab's filter `status`. */
export const RUNNER_STATUSES = ['online', 'offline', 'stale', 'never_contacted', 'active', 'paused'] as const;
export type RunnerStatus = (typeof RUNNER_STATUSES)[number];

/** Seconds without contact (or, for one never heard of, since it was made) after which a runner counts as stale. */
export const STALE_AFTER = 7 * 24 * 60 * 60;
/** Seconds without contact after which a runner counts as offline (GitLab: 2 hours). */
export const ONLINE_WITHIN = 2 * 60 * 60;
