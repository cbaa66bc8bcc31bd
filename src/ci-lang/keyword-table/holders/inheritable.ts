import type { DEFAULT_KEYS } from '../../keywords/inherit.ts';
import { LIMITS } from '../../limits.ts';
import { boolean, duration, either, holder, integer, list, map, script, text, texts } from '../shape.ts';
import type { KeywordEntry } from '../table-types.ts';

/** Keywords of `default` and of jobs alike. */
export const INHERITABLE: Readonly<Record<(typeof DEFAULT_KEYS)[number], KeywordEntry>> = {
  before_script: { shape: script, about: 'Commands that run before `script`, in the same shell.' },
  after_script: {
    shape: script,
    about: 'Commands that run after the script in a shell of their own, also when it has failed.',
  },
  hooks: { shape: holder('hooks'), about: 'Commands that run at other moments of the job.' },
  cache: {
    shape: either(holder('cache'), list(holder('cache'), { nested: true, atMost: LIMITS.caches })),
    about: 'Files that later jobs and pipelines find again; an empty list is none at all.',
  },
  image: {
    shape: either(text({ notBlank: true }), holder('image')),
    about: 'The container image that the job runs in.',
  },
  services: {
    shape: list(either(text({ notBlank: true }), holder('service')), { nested: true }),
    about: 'Containers that run beside the job, such as a database.',
  },
  interruptible: {
    shape: boolean,
    about: 'Whether the job may be canceled when a newer pipeline makes it superfluous.',
    default: false,
  },
  timeout: { shape: duration, about: 'How long the job may run, as text: `1h 30m`.' },
  retry: {
    shape: either(integer(0, LIMITS.retries), holder('retry')),
    about: 'How often the job is tried again when it fails.',
    default: 0,
  },
  tags: { shape: texts(), about: 'Only runners that have all of these tags take the job.' },
  artifacts: { shape: holder('artifacts'), about: 'Files that are kept when the job ends and given to later jobs.' },
  id_tokens: {
    shape: map(holder('id_token')),
    about: 'Signed tokens by which the job proves to others what it is; each name becomes a variable.',
  },
};
