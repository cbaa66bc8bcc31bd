import { configError } from '../config-error.ts';
import { isList, isMap, isNull, isText } from '../keywords/node-tests.ts';
import { buildEntry, buildMap, buildText, type YamlMap, type YamlNode } from '../yaml/index.ts';
import type { IncludeContext } from './include-context.ts';
import { isAddress } from './is-address.ts';

/** The includes of one file, each as a map; a text is a short form of one. */
export const readIncludeItems = (value: YamlNode | undefined, context: IncludeContext): readonly YamlMap[] => {
  if (value === undefined) return [];
  const items = isList(value) ? value.items : [value];
  return items.filter((item) => !isNull(item)).map((item) => asMap(item, context));
};

/** Variables in a text are put in before it is looked at: they may decide what kind it is. */
const asMap = (item: YamlNode, { scope }: IncludeContext): YamlMap => {
  if (isMap(item)) return item;
  if (!isText(item)) throw configError('Each include must be a hash or a string', item.position, ['include']);
  const location = scope.variables.expandRawBlank(item.text);
  const { position } = item;
  const kind = isAddress(location) ? 'remote' : 'local';
  return buildMap(position, [buildEntry(buildText(position, kind), buildText(position, location))]);
};
