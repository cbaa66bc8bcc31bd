import type { CompiledEnvironment } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import { LIMITS } from '../limits.ts';
import type { YamlMap, YamlNode } from '../yaml/index.ts';
import { allowKeys, beOneOf, checkKey, should } from './checks.ts';
import { ENVIRONMENT_NAME } from './environment-name.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { kubernetesKeyword } from './kubernetes.ts';
import { isBlank, isMap, isText } from './node-tests.ts';
import { noteUnsupported } from './note-unsupported.ts';
import { fail, givenValue, hasFailed, type Place, warn } from './place.ts';
import { readDuration } from './read-duration.ts';

export const ENVIRONMENT_KEYS = [
  'name',
  'url',
  'action',
  'on_stop',
  'auto_stop_in',
  'kubernetes',
  'deployment_tier',
] as const;
export const ENVIRONMENT_ACTIONS = [
  'start',
  'stop',
  'prepare',
  'verify',
  'access',
] as const satisfies readonly CompiledEnvironment['action'][];
const NAME_RULE =
  "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'";

/** Nothing is expanded yet. */
export const environmentKeyword: Keyword<CompiledEnvironment> = {
  name: 'environment',
  read: (place) => {
    const { node } = place;
    if (!isMap(node) && !isText(node)) fail(place, 'config', 'should be a hash or a string');
    checkName(place, isMap(node) ? givenValue(node, 'name') : node);
    if (!isMap(node)) return hasFailed(place) ? undefined : { name: textOf(node) ?? '', action: 'start' };
    checkMap(place, node);
    if (hasFailed(place)) return undefined;
    noteUnsupported(place, node, 'environment');
    return readMap(place, node);
  },
};

const checkName = (place: Place, node: YamlNode | undefined): void => {
  const name = node === undefined || isText(node) || isMap(place.node) ? node : undefined;
  if (name === undefined || isBlank(name)) fail(place, 'name', "can't be blank");
  if (name === undefined || !isText(name)) fail(place, 'name', NAME_RULE);
  if (!ENVIRONMENT_NAME.test(textOf(name) ?? '')) fail(place, 'name', NAME_RULE);
};

const checkMap = (place: Place, map: YamlMap): void => {
  allowKeys(place, map, ENVIRONMENT_KEYS);
  checkKey(place, map, 'url', should.beText, {
    holds: (node) => (textOf(node) ?? '').length <= LIMITS.environmentUrlLength,
    message: `is too long (maximum is ${LIMITS.environmentUrlLength} characters)`,
  });
  const actions = beOneOf(ENVIRONMENT_ACTIONS, 'should be start, stop, prepare, verify, or access');
  checkKey(place, map, 'action', should.beText, actions);
  checkKey(place, map, 'deployment_tier', should.beText);
  checkKey(place, map, 'on_stop', should.beText);
  checkKey(place, map, 'kubernetes', should.beMap);
  checkKey(place, map, 'auto_stop_in', should.beText);
};

const readMap = (place: Place, map: YamlMap): CompiledEnvironment => {
  const text = (name: string): string | undefined => textOf(givenValue(map, name));
  warnOfNoDuration(place, text('auto_stop_in'));
  return {
    name: text('name') ?? '',
    action: ENVIRONMENT_ACTIONS.find((action) => action === text('action')) ?? 'start',
    ...definedOnly({
      url: text('url'),
      onStop: text('on_stop'),
      autoStopIn: text('auto_stop_in'),
      deploymentTier: text('deployment_tier'),
      kubernetes: readKeyword(place, map, kubernetesKeyword),
    }),
  };
};

const textOf = (node: YamlNode | undefined): string | undefined => (node?.kind === 'scalar' ? node.text : undefined);

/** GitLab looks at it only when the job has deployed, and then ignores what it cannot read. */
const warnOfNoDuration = (place: Place, text: string | undefined): void => {
  if (text === undefined || /^never$/i.test(text) || text.includes('$') || readDuration(text) !== undefined) return;
  warn(place, `auto stop in \`${text}\` is no duration: the environment will not stop by itself`);
};
