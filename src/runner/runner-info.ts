import type { RunnerFeatures, RunnerInfo } from '../wire/runner-protocol.ts';

/** Only what this runner really does: the server refuses to hand over jobs that need more. */
const FEATURES: RunnerFeatures = {
  variables: true,
  raw_variables: true,
  artifacts: true,
  artifacts_exclude: true,
  upload_multiple_artifacts: true,
  upload_raw_artifacts: true,
  refspecs: true,
  multi_build_steps: true,
  return_exit_code: true,
  masking: true,
  vault_secrets: true,
  shared: true,
  cache: true,
  fallback_cache_keys: true,
  trace_reset: true,
  trace_checksum: true,
  trace_size: true,
  cancelable: true,
  cancel_gracefully: true,
  two_phase_job_commit: true,
  image: false,
  services: false,
  session: false,
  terminal: false,
  proxy: false,
  job_inputs: false,
};

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** Go's name of this processor. */
export const architecture = (): string => ARCHITECTURES[process.arch] ?? process.arch;

export const RUNNER_NAME = 'penstock-runner';

export const runnerInfo = (version: string, revision: string): RunnerInfo => ({
  name: RUNNER_NAME,
  version,
  revision,
  platform: process.platform === 'win32' ? 'windows' : process.platform,
  architecture: architecture(),
  executor: 'shell',
  shell: 'bash',
  features: FEATURES,
});
