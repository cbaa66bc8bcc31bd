import { compileWildcards } from '../globs/index.ts';
import { isList, isText } from '../keywords/node-tests.ts';
import {
  buildEntry,
  buildMap,
  buildSeq,
  buildText,
  type YamlEntry,
  type YamlMap,
  type YamlNode,
} from '../yaml/index.ts';
import type { IncludeContext } from './include-context.ts';
import { givenNode } from './include-kind.ts';

/**
 * The includes that one stands for, in GitLab's order: first one for each of several files of a project or for each file
 * that a local wildcard finds, then variables are put in. So in the map form a wildcard is searched with its variables
 * as they are written.
 */
export const expandItem = async (item: YamlMap, context: IncludeContext): Promise<readonly YamlMap[]> => {
  const single = givenNode(item, 'project') === undefined ? await expandWildcard(item, context) : expandFiles(item);
  return single.map((each) => putInVariables(each, context));
};

const expandFiles = (item: YamlMap): readonly YamlMap[] => {
  const file = item.byName.get('file');
  if (file === undefined || !isList(file.value)) return [item];
  return file.value.items.map((path) => replaceValue(item, file, path));
};

/** One for each file that is not included yet; none is no error. `*` stops at slashes, `**` does not. */
const expandWildcard = async (
  item: YamlMap,
  { scope, repository, local }: IncludeContext,
): Promise<readonly YamlMap[]> => {
  const entry = item.byName.get('local');
  const { place } = scope;
  if (entry === undefined || !isText(entry.value) || !entry.value.text.includes('*') || place === undefined) {
    return [item];
  }
  const { text, position } = entry.value;
  const matches = compileWildcards(text);
  const files = await repository.listFiles(place);
  return files
    .filter((path) => matches(path) && !local.has(`${place.project} ${path}`))
    .map((path) => replaceValue(item, entry, buildText(position, path)));
};

/** Into the texts at the first level and into those of lists there; not into `inputs`, nor into what `rules` say. */
const putInVariables = (item: YamlMap, { scope }: IncludeContext): YamlMap => {
  const put = (node: YamlNode): YamlNode =>
    isText(node) ? buildText(node.position, scope.variables.expandRawBlank(node.text)) : node;
  return buildMap(
    item.position,
    item.entries.map((entry): YamlEntry => {
      const { name, key, value } = entry;
      if (name === 'rules') return entry;
      return buildEntry(key, isList(value) ? buildSeq(value.position, value.items.map(put)) : put(value));
    }),
  );
};

const replaceValue = (item: YamlMap, { key }: YamlEntry, value: YamlNode): YamlMap =>
  buildMap(item.position, [...item.entries, buildEntry(key, value)]);
