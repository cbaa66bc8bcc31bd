import { configError } from '../config-error.ts';
import type { InterpolationContext, SpecInclude } from '../inputs/index.ts';
import { isBlank, isMap, isText } from '../keywords/node-tests.ts';
import { LIMITS } from '../limits.ts';
import { readConfigFile } from '../read/read-config-file.ts';
import { unsupportedMessage } from '../unsupported-keywords.ts';
import type { YamlNode } from '../yaml/index.ts';
import { type IncludeContext, maskSecrets } from './include-context.ts';

/** What a file of the repository may be filled with besides its inputs. */
export const interpolationContext = (shown: string, context: IncludeContext): InterpolationContext => ({
  shown,
  findVariable: context.findVariable,
  loadSpecIncludes: async (items) => {
    const files: SpecInclude[] = [];
    for (const item of items) files.push(await loadSpecInclude(item, context));
    return files;
  },
});

/** They count as includes. */
const loadSpecInclude = async (item: YamlNode, context: IncludeContext): Promise<SpecInclude> => {
  const { position } = item;
  const refusal = (message: string) => configError(message, position, ['spec', 'include']);
  const other = isMap(item) && ['project', 'remote'].find((kind) => item.byName.has(kind));
  if (typeof other === 'string') throw refusal(unsupportedMessage(`spec:include:${other}`));
  const local = isMap(item) ? item.byName.get('local')?.value : item;
  if (local === undefined || isBlank(local) || !isText(local)) {
    throw refusal('Each include must use only one of: `local`, `remote`, `project`');
  }
  const path = context.rules.variables.expandRawBlank(local.text).replace(/^\/+/, '');
  const shown = maskSecrets(path, context.secrets);
  context.included.push(path);
  if (context.included.length > LIMITS.includes) {
    throw refusal(`Maximum of ${LIMITS.includes} nested includes are allowed!`);
  }
  if (!/\.(yml|yaml)$/i.test(path)) throw refusal(`Included file \`${shown}\` does not have YAML extension!`);
  const text = await context.rules.repository.readFile(path);
  if (text === undefined) throw refusal(`Local file \`${shown}\` does not exist!`);
  if (/^\s*$/.test(text)) throw refusal(`Local file \`${shown}\` is empty!`);
  return { shown, content: readConfigFile(text, path, shown).content };
};
