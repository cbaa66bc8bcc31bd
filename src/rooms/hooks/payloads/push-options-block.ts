import type { JsonObject } from '../events/event-definition.ts';

/** The options that GitLab knows; others are left out. */
const KNOWN: Readonly<Record<string, ReadonlySet<string>>> = {
  merge_request: new Set([
    'assign',
    'auto_merge',
    'create',
    'description',
    'draft',
    'label',
    'merge_when_pipeline_succeeds',
    'milestone',
    'remove_source_branch',
    'squash',
    'target',
    'target_project',
    'title',
    'unassign',
    'unlabel',
  ]),
  ci: new Set(['input', 'skip', 'variable']),
  integrations: new Set(['skip_ci']),
  secret_push_protection: new Set(['skip_all']),
};

/** Given several times, they add up: value → how often. */
const SEVERAL: ReadonlySet<string> = new Set([
  'ci.input',
  'ci.variable',
  'merge_request.assign',
  'merge_request.label',
  'merge_request.unassign',
  'merge_request.unlabel',
]);

const ALIASES: Readonly<Record<string, string>> = { mr: 'merge_request' };

/** `push_options`: `-o ci.skip` → `{"ci": {"skip": true}}`, `-o ci.variable=A=B` → `{"ci": {"variable": {"A=B": 1}}}`. Pure. */
export const pushOptionsBlock = (options: readonly string[]): JsonObject => {
  const block = new Map<string, Map<string, string | true | Map<string, number>>>();
  for (const option of options) {
    const [, name = '', key = '', value = ''] = /^([^.]+)\.([^=]+)=?([^]*)$/.exec(option) ?? [];
    const namespace = ALIASES[name] ?? name;
    if (!Object.hasOwn(KNOWN, namespace) || KNOWN[namespace]?.has(key) !== true) continue;
    const own = block.get(namespace) ?? new Map<string, string | true | Map<string, number>>();
    block.set(namespace, own);
    if (!SEVERAL.has(`${namespace}.${key}`)) {
      own.set(key, value === '' ? true : value);
      continue;
    }
    const known = own.get(key);
    const counts = known instanceof Map ? known : new Map<string, number>();
    counts.set(value, (counts.get(value) ?? 0) + 1);
    own.set(key, counts);
  }
  return Object.fromEntries(
    [...block].map(([namespace, own]) => [
      namespace,
      Object.fromEntries(
        [...own].map(([key, value]) => [key, value instanceof Map ? Object.fromEntries(value) : value]),
      ),
    ]),
  );
};
