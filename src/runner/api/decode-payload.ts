import type { JobPayload } from '../../wire/runner-protocol.ts';

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isString = (value: unknown): value is string => typeof value === 'string';
const isInteger = (value: unknown): value is number => Number.isSafeInteger(value);
const isMissing = (value: unknown): boolean => value === undefined || value === null;
const isListOf = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isItem);
const isOptionalList = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  isMissing(value) || isListOf(value, isItem);

const isGitInfo = (git: unknown): boolean =>
  isObject(git) &&
  isString(git['repo_url']) &&
  isString(git['ref']) &&
  isString(git['sha']) &&
  isListOf(git['refspecs'], isString) &&
  isInteger(git['depth']);

const isVariable = (variable: unknown): boolean =>
  isObject(variable) && isString(variable['key']) && isString(variable['value']);

const isStep = (step: unknown): boolean =>
  isObject(step) && isString(step['name']) && isListOf(step['script'], isString);

const isArtifact = (artifact: unknown): boolean =>
  isObject(artifact) && isOptionalList(artifact['paths'], isString) && isOptionalList(artifact['exclude'], isString);

const isCache = (cache: unknown): boolean =>
  isObject(cache) &&
  isString(cache['key']) &&
  isOptionalList(cache['paths'], isString) &&
  isOptionalList(cache['fallback_keys'], isString);

const isDependency = (dependency: unknown): boolean =>
  isObject(dependency) && isInteger(dependency['id']) && isString(dependency['name']) && isString(dependency['token']);

const areTexts = (fields: unknown, ...names: readonly string[]): fields is Fields =>
  isObject(fields) && names.every((name) => isString(fields[name]));

const isVaultSecret = (vault: unknown): boolean => {
  if (!isObject(vault) || !areTexts(vault, 'path', 'field') || !areTexts(vault['engine'], 'name', 'path')) return false;
  const server = vault['server'];
  if (!areTexts(server, 'url')) return false;
  if (!isMissing(server['namespace']) && !isString(server['namespace'])) return false;
  const auth = server['auth'];
  return areTexts(auth, 'name', 'path') && isObject(auth['data']) && Object.values(auth['data']).every(isString);
};

/** A secret of another provider may have any shape. */
const isSecret = (secret: unknown): boolean =>
  isObject(secret) &&
  (isMissing(secret['file']) || typeof secret['file'] === 'boolean') &&
  (isMissing(secret['vault']) || isVaultSecret(secret['vault']));

/** Field → test. A field that is absent here is not used by this runner. */
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  id: isInteger,
  token: isString,
  job_info: (info) => isObject(info) && isString(info['name']) && isInteger(info['project_id']),
  git_info: isGitInfo,
  runner_info: (info) => isObject(info) && (isMissing(info['timeout']) || isInteger(info['timeout'])),
  variables: (list) => isListOf(list, isVariable),
  steps: (list) => isListOf(list, isStep),
  features: isObject,
  hooks: (list) => isOptionalList(list, isStep),
  artifacts: (list) => isOptionalList(list, isArtifact),
  cache: (list) => isOptionalList(list, isCache),
  dependencies: (list) => isOptionalList(list, isDependency),
  secrets: (map) => isMissing(map) || (isObject(map) && Object.values(map).every(isSecret)),
};

/** A job that cannot be run: `field` names what is wrong; id and token, if readable, allow to report it as failed. */
export interface UnreadableJob {
  readonly field: string;
  readonly id: number | undefined;
  readonly token: string | undefined;
}

const isJobPayload = (value: Fields): value is Fields & JobPayload =>
  Object.entries(FIELDS).every(([field, test]) => test(value[field]));

/** Reads the body of a 201. All or nothing, as the official runner does. */
export const decodeJobPayload = (text: string): JobPayload | UnreadableJob => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { field: 'body', id: undefined, token: undefined };
  }
  if (!isObject(value)) return { field: 'body', id: undefined, token: undefined };
  if (isJobPayload(value)) return value;
  const field = Object.entries(FIELDS).find(([name, test]) => !test(value[name]))?.[0] ?? 'body';
  const { id, token } = value;
  return { field, id: isInteger(id) ? id : undefined, token: isString(token) ? token : undefined };
};
