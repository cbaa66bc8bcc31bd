import { LIMITS } from '../limits.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../yaml/index.ts';
import { isBlank, isText } from './node-tests.ts';
import { readDuration } from './read-duration.ts';

export interface OptionProblem {
  /** As GitLab says it behind `include config`. */
  readonly message: string;
  /** Where it is. */
  readonly entry: YamlEntry;
}

/** What is wrong with the keys that go along with a kind of include. */
export const findOptionProblems = (item: YamlMap): readonly OptionProblem[] =>
  CHECKS.flatMap(({ name, check }) => {
    const entry = item.byName.get(name);
    if (entry === undefined || isBlank(entry.value)) return [];
    return check(item, entry.value).map((message) => ({ message, entry }));
  });

const lacks = (item: YamlMap, name: string): boolean => {
  const value = item.byName.get(name)?.value;
  return value === undefined || isBlank(value);
};

const CHECKS: readonly {
  readonly name: string;
  readonly check: (item: YamlMap, value: YamlNode) => readonly string[];
}[] = [
  {
    name: 'project',
    check: (item) => (lacks(item, 'file') ? ['must specify the file where to fetch the config from'] : []),
  },
  {
    name: 'integrity',
    check: (item, value) => [
      ...(lacks(item, 'remote') ? ['integrity can only be specified for remote includes'] : []),
      ...checkIntegrity(value),
    ],
  },
  {
    name: 'cache',
    check: (item, value) => {
      const seconds = cacheSeconds(value);
      return [
        ...(lacks(item, 'remote') ? ['cache can only be specified for remote includes'] : []),
        ...(typeof seconds === 'number' ? [] : [seconds]),
      ];
    },
  },
];

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const checkIntegrity = (value: YamlNode): readonly string[] => {
  if (!isText(value) || !value.text.startsWith('sha256-')) return ["integrity hash must start with 'sha256-'"];
  return BASE64.test(value.text.slice('sha256-'.length)) ? [] : ['integrity hash must be base64 encoded'];
};

/** How long a fetched file will do, or what is wrong with the value. */
export const cacheSeconds = (value: YamlNode): number | string => {
  if (value.kind === 'scalar' && value.value === true) return LIMITS.includeCacheSeconds;
  if (!isText(value)) return 'cache must be a boolean or a duration string';
  const seconds = readDuration(value.text);
  if (seconds === undefined) return 'cache contains an invalid duration';
  return seconds < LIMITS.leastIncludeCacheSeconds ? 'cache duration must be at least 1 minute' : seconds;
};
