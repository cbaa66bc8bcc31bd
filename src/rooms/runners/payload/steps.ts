import type { CompiledImage, CompiledService } from '../../../ci-lang/index.ts';
import type { JobHook, JobImage, JobStep } from '../../../wire/runner-protocol.ts';
import type { StoredJobOptions } from '../../pipelines/index.ts';

/** before_script and script are one step and one shell; after_script has its own. `timeout` in seconds. */
export function stepsOf(options: StoredJobOptions, timeout: number): readonly JobStep[] {
  const script: JobStep = {
    name: 'script',
    script: [...options.beforeScript, ...options.script],
    timeout,
    when: 'on_success',
    allow_failure: false,
  };
  if (options.afterScript.length === 0) return [script];
  return [script, { name: 'after_script', script: options.afterScript, timeout, when: 'always', allow_failure: true }];
}

export const hooksOf = (options: StoredJobOptions): readonly JobHook[] =>
  options.hooks === undefined ? [] : [{ name: 'pre_get_sources_script', script: options.hooks.preGetSourcesScript }];

export function imageOf(image: CompiledImage): JobImage {
  const docker = image.docker ?? {};
  const kubernetes = image.kubernetes ?? {};
  return {
    name: image.name,
    entrypoint: image.entrypoint ?? null,
    pull_policy: image.pullPolicy ?? null,
    ports: [],
    executor_opts: {
      ...(Object.keys(docker).length > 0 && { docker }),
      ...(Object.keys(kubernetes).length > 0 && { kubernetes }),
    },
  };
}

export const serviceOf = (service: CompiledService): JobImage => ({
  ...imageOf(service),
  ...(service.alias !== undefined && { alias: service.alias }),
  command: service.command ?? null,
  variables: (service.variables ?? []).map(({ key, value }) => ({ key, value })),
});
