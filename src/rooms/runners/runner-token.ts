import { randomToken } from '../../platform/secrets/index.ts';
import type { RunnerType } from './runner.ts';

const TYPE_NUMBERS: Readonly<Record<RunnerType, number>> = { instance_type: 1, group_type: 2, project_type: 3 };

/** `glrt-t1_…` (instance), `t2_` (group), `t3_` (project): the official runner takes `glrt-` for "created by a user". */
export const newRunnerToken = (type: RunnerType): string => randomToken(`glrt-t${TYPE_NUMBERS[type]}_`);
