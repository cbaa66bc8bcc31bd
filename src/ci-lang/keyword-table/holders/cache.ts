import { CACHE_KEYS, CACHE_WHENS } from '../../keywords/cache.ts';
import { CACHE_KEY_KEYS } from '../../keywords/cache-key.ts';
import { LIMITS } from '../../limits.ts';
import { boolean, either, holder, list, text, texts, word } from '../shape.ts';
import { defineHolder, type KeywordTable } from '../table-types.ts';

const files = list(text(), { atLeast: 1, atMost: LIMITS.cacheKeyFiles });

export const CACHE_HOLDERS: KeywordTable = {
  cache: defineHolder(CACHE_KEYS, 'Files that later jobs and pipelines find again.', {
    key: {
      shape: either(text({ pattern: '^[^/]*$' }), holder('cache_key')),
      about: 'Jobs with the same key share a cache.',
      default: 'default',
    },
    untracked: { shape: boolean, about: 'Whether all files that Git does not track are kept.', default: false },
    paths: { shape: texts(), about: 'Paths and globs of what is kept.' },
    when: { shape: word(CACHE_WHENS), about: 'After which end of the job it is saved.', default: 'on_success' },
    policy: {
      // GitLab looks for the words anywhere in the text
      shape: either(word(['pull-push', 'pull', 'push']), text({ pattern: '^\\s*$|pull|push|\\$' })),
      about: 'Whether the cache is fetched, saved, or both.',
      default: 'pull-push',
    },
    unprotect: {
      shape: boolean,
      about: 'Whether protected and other branches share the cache.',
      default: false,
      since: '15.8',
    },
    fallback_keys: {
      shape: texts(LIMITS.cacheFallbackKeys),
      about: 'Keys to try when there is no cache for `key`.',
      since: '16.0',
    },
  }),
  cache_key: defineHolder(
    CACHE_KEY_KEYS,
    'A key that changes with files.',
    {
      files: { shape: files, about: 'Files whose contents make the key.' },
      files_commits: { shape: files, about: 'Files whose last commits make the key.' },
      prefix: { shape: text({ pattern: '^[^/]*$' }), about: 'What the key begins with.' },
    },
    { exactlyOne: [['files', 'files_commits']] },
  ),
};
