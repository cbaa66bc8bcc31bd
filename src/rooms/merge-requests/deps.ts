import type { Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Logger } from '../../platform/log.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { CreatePipelineDeps } from '../pipelines/index.ts';
import type { PushJournal, RepositoryDeps } from '../repositories/index.ts';
import type { ServerFacts } from '../variables/index.ts';

/** What reading merge requests takes. */
export interface ReadDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly repositories: RepositoryDeps;
}

/** What changing them takes. */
export interface ChangeDeps extends ReadDeps, CreatePipelineDeps {
  readonly log: Logger;
  readonly publish: Publish;
  readonly server: ServerFacts;
}

/** What moves branches, too. */
export interface MergeDeps extends ChangeDeps {
  readonly pushes: PushJournal;
}
