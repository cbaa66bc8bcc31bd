import type { ProjectId, ScheduleId } from '../../kit/ids.ts';
import type { User } from '../accounts/index.ts';

export const OVERLAPS = ['allow', 'forbid', 'replace', 'queue'] as const;
/** What happens to a tick whose schedule's last run has not ended. */
export type Overlap = (typeof OVERLAPS)[number];

export const CATCH_UPS = ['last', 'all', 'none'] as const;
/** Which of the ticks that nobody was there for are made up. */
export type CatchUp = (typeof CATCH_UPS)[number];

export const DST_GAPS = ['skip', 'after_gap'] as const;
export const DST_OVERLAPS = ['first', 'second', 'both'] as const;

export const TICK_STATES = ['planned', 'started', 'late', 'skipped', 'missed', 'refused'] as const;
/** `planned`: not decided yet. */
export type TickState = (typeof TICK_STATES)[number];

/** A row of `pipeline_schedules`. */
export interface Schedule {
  readonly id: ScheduleId;
  readonly projectId: ProjectId;
  /** Null: the user is gone. */
  readonly owner: User | null;
  readonly description: string;
  /** Full: `refs/heads/main`. */
  readonly ref: string;
  readonly cron: string;
  /** As it was sent. */
  readonly cronTimezone: string;
  readonly active: boolean;
  /** Why the server switched it off. */
  readonly deactivatedReason: string | null;
  /** The next planned tick, also of an inactive schedule; null: never again. */
  readonly nextRunAt: Date | null;
  readonly policy: SchedulePolicy;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** How a schedule treats its ticks: Penstock's own. */
export interface SchedulePolicy {
  readonly overlap: Overlap;
  readonly catchUp: CatchUp;
  /** Seconds; null: however old. */
  readonly catchUpDeadline: number | null;
  /** Seconds. */
  readonly jitter: number;
  /** Null: as fugit. */
  readonly dstGap: (typeof DST_GAPS)[number] | null;
  readonly dstOverlap: (typeof DST_OVERLAPS)[number] | null;
}

export interface ScheduleVariable {
  readonly key: string;
  readonly value: string;
  readonly variableType: 'env_var' | 'file';
  readonly raw: boolean;
}

export interface ScheduleInput {
  readonly name: string;
  readonly value: unknown;
}
