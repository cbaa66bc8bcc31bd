import type { CompiledArtifacts } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import { LIMITS } from '../limits.ts';
import type { YamlMap, YamlNode } from '../yaml/index.ts';
import { allowKeys, allowOnlyOneOf, beOneOf, checkKey, checkValue, should } from './checks.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { isBlank, isMap, isText, isTextList, textsOf } from './node-tests.ts';
import { fail, givenText, givenValue, hasFailed, type Place } from './place.ts';
import { readDuration } from './read-duration.ts';
import { reportsKeyword } from './reports.ts';

export const ARTIFACT_KEYS = [
  'name',
  'untracked',
  'paths',
  'reports',
  'when',
  'expire_in',
  'expose_as',
  'exclude',
  'public',
  'access',
] as const;
export const ARTIFACT_WHENS = [
  'on_success',
  'on_failure',
  'always',
] as const satisfies readonly CompiledArtifacts['when'][];
export const ARTIFACT_ACCESS = [
  'none',
  'developer',
  'maintainer',
  'all',
] as const satisfies readonly CompiledArtifacts['access'][];

const oneOf = (values: readonly string[]) => beOneOf(values, `should be one of: ${values.join(', ')}`);

/** `never`, or a duration that is not zero. */
const beExpiry = {
  holds: (node: YamlNode) => isText(node) && (/^never$/i.test(node.text) || readDuration(node.text) !== undefined),
  message: 'should be a duration',
};

export const artifactsKeyword: Keyword<CompiledArtifacts> = {
  name: 'artifacts',
  read: (place) => {
    const { node } = place;
    checkValue(place, should.beMap);
    if (!isMap(node)) return undefined;
    checkMap(place, node);
    return hasFailed(place) ? undefined : readMap(place, node);
  },
};

const checkMap = (place: Place, map: YamlMap): void => {
  allowKeys(place, map, ARTIFACT_KEYS);
  const exposed = givenValue(map, 'expose_as') !== undefined;
  const paths = givenValue(map, 'paths');
  if (exposed && (paths === undefined || isBlank(paths))) fail(place, 'paths', "can't be blank");
  allowOnlyOneOf(place, map, ['access', 'public']);
  checkKey(place, map, 'name', should.beText);
  checkKey(place, map, 'public', should.beBoolean);
  checkKey(place, map, 'untracked', should.beBoolean);
  checkKey(place, map, 'paths', should.beTexts);
  if (exposed) checkExposure(place, map);
  checkKey(place, map, 'exclude', should.beTexts);
  checkKey(place, map, 'reports', should.beMap);
  checkKey(place, map, 'when', should.beText, oneOf(ARTIFACT_WHENS));
  checkKey(place, map, 'expire_in', beExpiry);
  checkKey(place, map, 'access', should.beText, oneOf(ARTIFACT_ACCESS));
};

const checkExposure = (place: Place, map: YamlMap): void => {
  const paths = givenValue(map, 'paths');
  if (paths !== undefined && isTextList(paths) && textsOf(paths).some((path) => path.includes('*'))) {
    fail(place, 'paths', "can't contain '*' when used with 'expose_as'");
  }
  const name = givenValue(map, 'expose_as');
  const text = name?.kind === 'scalar' ? name.text : '';
  if (name !== undefined && !isText(name)) fail(place, 'expose_as', should.beText.message);
  if (text.length > LIMITS.exposeAsLength) {
    fail(place, 'expose_as', `is too long (maximum is ${LIMITS.exposeAsLength} characters)`);
  }
  if (!/^\w[-\w ]*$/.test(text)) fail(place, 'expose_as', "can contain only letters, digits, '-', '_' and spaces");
};

const readMap = (place: Place, map: YamlMap): CompiledArtifacts => {
  const reports = readKeyword(place, map, reportsKeyword);
  const texts = (name: string): readonly string[] => {
    const value = givenValue(map, name);
    return value === undefined ? [] : textsOf(value);
  };
  return {
    paths: texts('paths'),
    exclude: texts('exclude'),
    untracked: givenText(map, 'untracked') === 'true',
    when: ARTIFACT_WHENS.find((value) => value === givenText(map, 'when')) ?? 'on_success',
    reports: reports ?? {},
    ...definedOnly({
      name: givenText(map, 'name'),
      expireIn: givenText(map, 'expire_in'),
      exposeAs: givenText(map, 'expose_as'),
      access:
        ARTIFACT_ACCESS.find((value) => value === givenText(map, 'access')) ?? accessOf(givenValue(map, 'public')),
    }),
  };
};

/** `public: false` keeps guests out: what `access: developer` says. */
const accessOf = (isPublic: YamlNode | undefined): CompiledArtifacts['access'] => {
  if (isPublic?.kind !== 'scalar') return undefined;
  return isPublic.value === true ? 'all' : 'developer';
};
