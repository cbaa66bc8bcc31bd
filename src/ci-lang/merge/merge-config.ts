import type { YamlMap } from '../yaml/index.ts';
import { extendKeys } from './extend-keys.ts';
import { resolveReferences } from './resolve-references.ts';

/** From one map with all includes to one without `extends` and `!reference` to follow. */
export const mergeConfig = (config: YamlMap): YamlMap => resolveReferences(extendKeys(config));
