import type { Runner } from '../../runners/index.ts';

/** `runner` of payloads; null: no runner has the job. Pure. */
export const runnerBlock = (runner: Runner | undefined) =>
  runner === undefined
    ? null
    : {
        id: runner.id,
        description: runner.description,
        runner_type: runner.runnerType,
        active: !runner.paused,
        is_shared: runner.runnerType === 'instance_type',
        tags: [...runner.tagList],
      };
