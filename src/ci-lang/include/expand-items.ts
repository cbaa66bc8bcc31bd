import { configError } from '../config-error.ts';
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
const expandWildcard = async (item: YamlMap, context: IncludeContext): Promise<readonly YamlMap[]> => {
  const { scope, repository, local } = context;
  const entry = item.byName.get('local');
  const { place } = scope;
  if (entry === undefined || !isText(entry.value) || !entry.value.text.includes('*') || place === undefined) {
    return [item];
  }
  const { text, position } = entry.value;
  const start = text.slice(0, text.indexOf('*'));
  const files = await repository.listFiles(place);
  spend(files.length, item, context);
  const candidates = files.filter((path) => path.startsWith(start));
  spend(MATCH * candidates.length, item, context);
  return candidates
    .filter(compileWildcards(text))
    .filter((path) => !local.has(`${place.project} ${path}`))
    .map((path) => replaceValue(item, entry, buildText(position, path)));
};

/** How much longer a whole comparison takes than one with the beginning. */
const MATCH = 10;

/** Ours: GitLab stops when the time is over. */
const spend = (comparisons: number, item: YamlMap, context: IncludeContext): void => {
  context.comparisons.left -= comparisons;
  if (context.comparisons.left >= 0) return;
  throw configError('The wildcards of `include:local` have too many files to look at', item.position, ['include']);
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
