import type { RunnerId } from '../../kit/ids.ts';

export type RunnerType = 'instance_type' | 'group_type' | 'project_type';

/** A row of `runners`. Its token is stored as a digest only. */
export interface Runner {
  readonly id: RunnerId;
  readonly runnerType: RunnerType;
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

/** Seconds without contact after which a runner counts as offline (GitLab: 2 hours). */
export const ONLINE_WITHIN = 2 * 60 * 60;
