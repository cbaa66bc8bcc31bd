import type { JobPayload } from '../../wire/runner-protocol.ts';
import type { JobDirectories } from '../job/directories.ts';
import type { JobLog } from '../trace/job-log.ts';
import type { GitRunner } from './git-runner.ts';
import type { SourceSettings } from './source-settings.ts';

/** What the checkout needs of a job. */
export interface SourceJob {
  readonly payload: JobPayload;
  readonly settings: SourceSettings;
  readonly directories: JobDirectories;
  readonly git: GitRunner;
  readonly log: JobLog;
  readonly stop: AbortSignal;
  /** True when git-lfs is installed. */
  readonly hasLfs: () => Promise<boolean>;
  /** Runs a hook of the job (`pre_get_sources_script`, …) if it has one. */
  readonly runHook: (name: 'pre_get_sources_script' | 'post_get_sources_script') => Promise<void>;
}
