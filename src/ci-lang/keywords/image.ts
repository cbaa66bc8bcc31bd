import type { CompiledImage } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import type { YamlMap } from '../yaml/index.ts';
import { allowKeys, checkKey, checkValue, should } from './checks.ts';
import { didYouMean } from './did-you-mean.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { isBlank, isInteger, isMap, isText, textsOf } from './node-tests.ts';
import { fail, givenValue, hasFailed, type Place } from './place.ts';
import { pullPolicyKeyword } from './pull-policy.ts';
import { schemaMessages } from './schema-messages.ts';

export const IMAGE_KEYS = ['docker', 'kubernetes', 'name', 'entrypoint', 'ports', 'pull_policy'] as const;

/** Options of an executor → most characters. */
export const DOCKER_LENGTHS = { platform: 64, user: 255 } as const;
export const KUBERNETES_LENGTHS = { user: 255 } as const;

export const imageKeyword: Keyword<CompiledImage> = {
  name: 'image',
  read: (place) => {
    checkImage(place);
    if (isMap(place.node)) allowKeys(place, place.node, IMAGE_KEYS);
    return hasFailed(place) ? undefined : readImage(place);
  },
};

/** What an image and a service have in common. */
export const checkImage = (place: Place): void => {
  const { node } = place;
  checkValue(place, should.beMapOrText);
  if (!isMap(node)) {
    if (!isText(node)) fail(place, 'name', 'should be a string');
    if (!isText(node) || isBlank(node)) fail(place, 'name', "can't be blank");
    return;
  }
  if (node.byName.has('ports')) fail(place, 'config', 'contains disallowed keys: ports');
  const name = givenValue(node, 'name');
  if (name === undefined || !isText(name)) fail(place, 'name', 'should be a string');
  if (name === undefined || isBlank(name)) fail(place, 'name', "can't be blank");
  checkKey(place, node, 'entrypoint', should.beTexts);
  checkExecutorOptions(place, node, 'docker', DOCKER_LENGTHS);
  checkExecutorOptions(place, node, 'kubernetes', KUBERNETES_LENGTHS);
};

const checkExecutorOptions = (
  place: Place,
  map: YamlMap,
  executor: 'docker' | 'kubernetes',
  lengths: Readonly<Record<string, number>>,
): void => {
  const options = givenValue(map, executor);
  if (options === undefined) return;
  const complain = (message: string, hint?: string): void => fail(place, 'executor_opts', message, hint);
  const pointer = `/${executor}`;
  if (!isMap(options)) return complain(schemaMessages.notOfType(pointer, 'object'));
  const takesNumbers = executor === 'kubernetes';
  for (const { name = '', value } of options.entries) {
    const inner = `${pointer}/${name}`;
    const longest = Object.hasOwn(lengths, name) ? lengths[name] : undefined;
    if (longest === undefined) {
      complain(schemaMessages.notAllowed(inner), didYouMean([name], Object.keys(lengths)));
    } else if (isText(value)) {
      if (value.text.length === 0) complain(schemaMessages.tooShort(inner, 1));
      else if (value.text.length > longest) complain(schemaMessages.tooLong(inner, longest));
    } else if (!takesNumbers) {
      complain(schemaMessages.notOfType(inner, 'string'));
    } else if (!isInteger(value)) {
      complain(schemaMessages.notOneOfTypes(inner, ['string', 'integer']));
    }
  }
};

export const readImage = (place: Place): CompiledImage => {
  const { node } = place;
  if (!isMap(node)) return { name: isText(node) ? node.text : '' };
  const name = givenValue(node, 'name');
  const entrypoint = givenValue(node, 'entrypoint');
  const pullPolicy = readKeyword(place, node, pullPolicyKeyword);
  return {
    name: name?.kind === 'scalar' ? name.text : '',
    ...definedOnly({
      entrypoint: entrypoint === undefined ? undefined : textsOf(entrypoint),
      pullPolicy,
      docker: dockerOptions(node),
      kubernetes: kubernetesOptions(node),
    }),
  };
};

const dockerOptions = (map: YamlMap): CompiledImage['docker'] => {
  const options = givenValue(map, 'docker');
  if (options === undefined || !isMap(options)) return undefined;
  const platform = givenValue(options, 'platform');
  const user = givenValue(options, 'user');
  return definedOnly({
    platform: platform?.kind === 'scalar' ? platform.text : undefined,
    user: user?.kind === 'scalar' ? user.text : undefined,
  });
};

const kubernetesOptions = (map: YamlMap): CompiledImage['kubernetes'] => {
  const options = givenValue(map, 'kubernetes');
  if (options === undefined || !isMap(options)) return undefined;
  const user = givenValue(options, 'user');
  return user?.kind === 'scalar' && (typeof user.value === 'string' || typeof user.value === 'number')
    ? { user: user.value }
    : {};
};
