import type { CompiledIdToken } from '../compiled.ts';
import type { YamlNode } from '../yaml/index.ts';
import { allowKeys, checkValue, requireKeys, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isMap, textsOf } from './node-tests.ts';
import { fail, givenValue, hasFailed, type Place, placeOfEntry } from './place.ts';

export const ID_TOKEN_KEYS = ['aud'] as const;

/** Name of a variable → for whom its token is. `aud` keeps its form: one text stays one text in the token. */
export const idTokensKeyword: Keyword<readonly CompiledIdToken[]> = {
  name: 'id_tokens',
  read: (place) => {
    checkValue(place, should.beMap);
    if (!isMap(place.node)) return undefined;
    return place.node.entries.flatMap((entry) => {
      const inner = placeOfEntry(place, entry);
      const aud = readAudience(inner);
      return aud === undefined ? [] : [{ name: inner.label, aud }];
    });
  },
};

/** GitLab's checks never stop at the first: an empty map misses its key and has no sound audience. */
const readAudience = (place: Place): CompiledIdToken['aud'] | undefined => {
  const { node } = place;
  if (isMap(node)) {
    requireKeys(place, node, ID_TOKEN_KEYS);
    allowKeys(place, node, ID_TOKEN_KEYS);
  } else {
    fail(place, 'config', 'missing required keys: aud');
  }
  const aud = isMap(node) ? givenValue(node, 'aud') : undefined;
  const { holds, message } = should.beTextsOrText;
  if (aud === undefined || !holds(aud)) fail(place, 'aud', message);
  return hasFailed(place) || aud === undefined ? undefined : audienceOf(aud);
};

const audienceOf = (node: YamlNode): CompiledIdToken['aud'] => (node.kind === 'scalar' ? node.text : textsOf(node));
