import type { JobFeatures, RunnerFeatures } from '../../../wire/runner-protocol.ts';
import { JOB_FAILURE_REASONS } from '../../../wire/statuses.ts';
import type { StoredJobOptions } from '../../pipelines/index.ts';

export const FEATURES: JobFeatures = {
  trace_sections: true,
  token_mask_prefixes: [],
  failure_reasons: JOB_FAILURE_REASONS,
};

/** Whether the runner has every feature that GitLab wants for this job; otherwise it is failed `runner_unsupported`. */
export function isSupported(options: StoredJobOptions, features: RunnerFeatures): boolean {
  const { artifacts, caches, retry, allowFailureExitCodes, secrets } = options;
  if (artifacts !== undefined) {
    if (Object.keys(artifacts.reports).length > 0 && features.upload_multiple_artifacts !== true) return false;
    if (artifacts.exclude.length > 0 && features.artifacts_exclude !== true) return false;
  }
  if (options.release !== undefined && features.multi_build_steps !== true) return false;
  const fallsBack = (caches ?? []).some(({ fallbackKeys }) => fallbackKeys.length > 0);
  if (fallsBack && features.fallback_cache_keys !== true) return false;
  if ((secrets ?? []).length > 0 && features.vault_secrets !== true) return false;
  const readsExitCode = (allowFailureExitCodes?.length ?? 0) > 0 || (retry?.exitCodes.length ?? 0) > 0;
  return !readsExitCode || features.return_exit_code === true;
}
