import type { CompiledImage, CompiledService } from '../../../ci-lang/index.ts';
import type { JobHook, JobImage, JobStep } from '../../../wire/runner-protocol.ts';
import type { StoredJobOptions } from '../../pipelines/index.ts';
import { releaseScript } from './release-script.ts';

/**
 * before_script and script are one step and one shell; the release is made when they have succeeded; after_script has its
 * own shell and always runs. `timeout` in seconds.
 */
export function stepsOf(options: StoredJobOptions, timeout: number): readonly JobStep[] {
  const { beforeScript, script, release, afterScript } = options;
  const onSuccess = { timeout, when: 'on_success', allow_failure: false } as const;
  return [
    { name: 'script', script: [...beforeScript, ...script], ...onSuccess },
    ...(release === undefined ? [] : [{ name: 'release', script: [releaseScript(release)], ...onSuccess }]),
    ...(afterScript.length === 0
      ? []
      : [{ name: 'after_script', script: afterScript, timeout, when: 'always', allow_failure: true } as const]),
  ];
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
