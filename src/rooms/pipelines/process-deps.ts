import type { Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Db } from '../../platform/postgres/index.ts';

/** What every verb needs that moves jobs or pipelines. */
export interface ProcessDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly publish: Publish;
}
