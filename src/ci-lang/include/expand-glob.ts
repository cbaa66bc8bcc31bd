import { compileWildcards } from '../globs/index.ts';
import { isText } from '../keywords/node-tests.ts';
import { buildEntry, buildMap, buildText, type YamlMap } from '../yaml/index.ts';
import type { IncludeContext } from './include-context.ts';

/**
 * The includes that a local path with `*` stands for, one per file that is not included yet; none is no error.
 * `*` stops at slashes, `**` does not. In the map form variables are still unexpanded here, as in GitLab.
 */
export const expandGlob = async (item: YamlMap, context: IncludeContext): Promise<readonly YamlMap[]> => {
  const local = item.byName.get('local');
  if (local === undefined || !isText(local.value) || !local.value.text.includes('*')) return [item];
  const matches = compileWildcards(local.value.text);
  const files = await context.rules.repository.listFiles();
  const { position } = local.value;
  return files
    .filter((path) => matches(path) && !context.included.includes(path))
    .map((path) => buildMap(item.position, [...item.entries, buildEntry(local.key, buildText(position, path))]));
};
