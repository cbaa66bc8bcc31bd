import type { CompiledVaultSecret } from '../compiled-secret.ts';
import type { YamlMap } from '../yaml/index.ts';
import { allowKeys, checkKey, checkValue, requireKeys, should } from './checks.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { isBlank, isMap } from './node-tests.ts';
import { errorsOf, fail, givenText, hasFailed, type Place } from './place.ts';
import { readShortOrFull } from './read-short-or-full.ts';

export const VAULT_KEYS = ['engine', 'path', 'field'] as const;
export const VAULT_ENGINE_KEYS = ['name', 'path'] as const;

/** Where a secret lies in a Vault. */
export const vaultKeyword: Keyword<CompiledVaultSecret> = {
  name: 'vault',
  read: (place) => readShortOrFull(place, { short: readShortForm, full: readFullForm }),
};

/** Where GitLab looks when a secret names no engine. */
const DEFAULT_ENGINE = 'kv-v2';

/** `path/field@engine`: the engine, when given, is the place of a KV version 2. */
const readShortForm = (place: Place, text: string): CompiledVaultSecret | undefined => {
  const [, path, field, engine] = /^([^@]+)\/([^@/]+)(?:@(.+))?$/s.exec(text.trim()) ?? [];
  if (path === undefined || field === undefined) {
    if (isBlank(place.node)) fail(place, 'config', should.bePresent.message);
    else fail(place, 'config', 'should be path/field or path/field@engine');
    return undefined;
  }
  return { engine: { name: DEFAULT_ENGINE, path: engine ?? DEFAULT_ENGINE }, path, field };
};

const readFullForm = (place: Place, map: YamlMap): CompiledVaultSecret | undefined => {
  requireKeys(place, map, VAULT_KEYS);
  allowKeys(place, map, VAULT_KEYS);
  checkKey(place, map, 'path', should.bePresent, should.beText);
  checkKey(place, map, 'field', should.bePresent, should.beText);
  if (hasFailed(place)) return undefined;
  const engine = readKeyword(place, map, engineKeyword);
  const [path, field] = [givenText(map, 'path'), givenText(map, 'field')];
  if (engine === undefined || path === undefined || field === undefined) {
    if (errorsOf(place).length === 0) fail(place, 'config', "can't have a blank engine, path or field");
    return undefined;
  }
  return { engine, path, field };
};

const engineKeyword: Keyword<CompiledVaultSecret['engine']> = {
  name: 'engine',
  read: (place) => {
    checkValue(place, should.beMap);
    const map = place.node;
    if (!isMap(map)) return undefined;
    requireKeys(place, map, VAULT_ENGINE_KEYS);
    allowKeys(place, map, VAULT_ENGINE_KEYS);
    for (const key of VAULT_ENGINE_KEYS) checkKey(place, map, key, should.bePresent, should.beText);
    const [name, path] = [givenText(map, 'name'), givenText(map, 'path')];
    if (hasFailed(place)) return undefined;
    if (name !== undefined && path !== undefined) return { name, path };
    fail(place, 'config', "can't have a blank name or path");
    return undefined;
  },
};
