import type { CompiledGcpSecret } from '../compiled-secret.ts';
import { allowKeys, checkKey, checkValue, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isBlank, isInteger, isMap, isText, isTextOrSymbol } from './node-tests.ts';
import { fail, givenValue, hasFailed } from './place.ts';

export const GCP_SECRET_MANAGER_KEYS = ['name', 'version'] as const;

const beAlphanumeric = {
  holds: (node: Parameters<typeof isText>[0]) => isTextOrSymbol(node) || isInteger(node),
  message: 'must be an alphanumeric string',
};

/** A version may be a number; without one it is the latest. */
export const gcpSecretManagerKeyword: Keyword<CompiledGcpSecret> = {
  name: 'gcp_secret_manager',
  read: (place) => {
    const { node } = place;
    checkValue(place, should.beMap);
    if (isMap(node)) allowKeys(place, node, GCP_SECRET_MANAGER_KEYS);
    const name = isMap(node) ? givenValue(node, 'name') : undefined;
    if (name === undefined || isBlank(name)) fail(place, 'name', should.bePresent.message);
    if (name === undefined || !isText(name)) fail(place, 'name', should.beText.message);
    if (!isMap(node)) return undefined;
    checkKey(place, node, 'version', beAlphanumeric);
    if (hasFailed(place) || name?.kind !== 'scalar') return undefined;
    const version = givenValue(node, 'version');
    return { name: name.text, version: version?.kind === 'scalar' ? version.text : 'latest' };
  },
};
