import { isBlank, isText } from '../keywords/node-tests.ts';
import { readDuration } from '../keywords/read-duration.ts';
import { LIMITS } from '../limits.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../yaml/index.ts';
import { givenNode } from './include-kind.ts';

/** Whether a text is an address rather than a path. */
export const isAddress = (text: string): boolean => /^\s*(?:https?|ssh|git):/.test(text);

/** What is wrong with the keys that go along with a kind of include, as GitLab's messages say it behind `config`. */
export const findOptionProblems = (item: YamlMap): readonly { readonly message: string; readonly entry: YamlEntry }[] =>
  CHECKS.flatMap(({ name, check }) => {
    const entry = item.byName.get(name);
    if (entry === undefined || isBlank(entry.value)) return [];
    return check(item, entry.value).map((message) => ({ message, entry }));
  });

const isRemote = (item: YamlMap): boolean => givenNode(item, 'remote') !== undefined;

const CHECKS: readonly {
  readonly name: string;
  readonly check: (item: YamlMap, value: YamlNode) => readonly string[];
}[] = [
  {
    name: 'artifact',
    check: (item) =>
      givenNode(item, 'job') === undefined ? ['must specify the job where to fetch the artifact from'] : [],
  },
  {
    name: 'project',
    check: (item) =>
      givenNode(item, 'file') === undefined ? ['must specify the file where to fetch the config from'] : [],
  },
  {
    name: 'integrity',
    check: (item, value) => [
      ...(isRemote(item) ? [] : ['integrity can only be specified for remote includes']),
      ...checkIntegrity(value),
    ],
  },
  {
    name: 'cache',
    check: (item, value) => {
      const seconds = cacheSeconds(value);
      return [
        ...(isRemote(item) ? [] : ['cache can only be specified for remote includes']),
        ...(typeof seconds === 'number' ? [] : [seconds]),
      ];
    },
  },
];

const checkIntegrity = (value: YamlNode): readonly string[] => {
  if (!isText(value) || !value.text.startsWith('sha256-')) return ["integrity hash must start with 'sha256-'"];
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value.text.slice(7));
  return isBase64 ? [] : ['integrity hash must be base64 encoded'];
};

/** How long a fetched file will do, or what is wrong with the value. */
export const cacheSeconds = (value: YamlNode): number | string => {
  if (value.kind === 'scalar' && value.value === true) return LIMITS.includeCacheSeconds;
  if (!isText(value)) return 'cache must be a boolean or a duration string';
  const seconds = readDuration(value.text);
  if (seconds === undefined) return 'cache contains an invalid duration';
  return seconds < LIMITS.leastIncludeCacheSeconds ? 'cache duration must be at least 1 minute' : seconds;
};
