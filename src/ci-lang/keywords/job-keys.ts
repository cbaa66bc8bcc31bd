import type { YamlEntry } from '../yaml/index.ts';
import { isMap } from './node-tests.ts';

/** Keys of ordinary jobs and of trigger jobs alike. */
const COMMON_KEYS = [
  'extends',
  'stage',
  'only',
  'except',
  'rules',
  'variables',
  'inherit',
  'allow_failure',
  'when',
  'needs',
  'resource_group',
  'environment',
  'interruptible',
] as const;

export const TRIGGER_JOB_KEYS = ['trigger', 'parallel', ...COMMON_KEYS] as const;

export const JOB_KEYS = [
  'tags',
  'script',
  'image',
  'services',
  'start_in',
  'artifacts',
  'cache',
  'dependencies',
  'before_script',
  'after_script',
  'hooks',
  'coverage',
  'retry',
  'parallel',
  'timeout',
  'inputs',
  'release',
  'id_tokens',
  'publish',
  'pages',
  'manual_confirmation',
  'run',
  'secrets',
  'identity',
  'dast_configuration',
  ...COMMON_KEYS,
] as const;

export type JobKind = 'hidden' | 'job' | 'trigger';

/** What a key of the root is, if it is any kind of job. */
export const jobKindOf = ({ name, key, value }: YamlEntry): JobKind | undefined => {
  const text = name ?? (key.kind === 'scalar' ? key.text : '');
  if (text.startsWith('.')) return 'hidden';
  if (!isMap(value)) return undefined;
  const has = (keyword: string): boolean => value.byName.has(keyword);
  if (has('script') || has('run')) return 'job';
  return has('trigger') || has('needs') ? 'trigger' : undefined;
};
