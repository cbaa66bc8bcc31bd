import { ConfigError, configError, diagnosticAt, refuse } from '../config-error.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { interpolateFile, type LoadedFile, writtenInputs } from '../inputs/index.ts';
import { isText } from '../keywords/node-tests.ts';
import { LIMITS } from '../limits.ts';
import { deepMerge } from '../merge/deep-merge.ts';
import { readConfigFile } from '../read/read-config-file.ts';
import { buildMap, type YamlMap, type YamlNode } from '../yaml/index.ts';
import { expandGlob } from './expand-glob.ts';
import { type IncludeContext, maskSecrets } from './include-context.ts';
import { checkIncludeKind, readIncludeItems } from './include-items.ts';
import { includeIsWanted } from './include-rules.ts';
import { interpolationContext } from './spec-includes.ts';

/** Merges all files that a file includes, and those that they include, below its own content. */
export const includeFiles = async (map: YamlMap, context: IncludeContext): Promise<YamlMap> => {
  const files = await findFiles(map, context);
  if (files.length === 0) return map;
  const contents = await readFiles(files, context);
  const own = buildMap(
    map.position,
    map.entries.filter(({ name }) => name !== 'include'),
  );
  const below = contents.reduce((merged, content) => deepMerge(merged, content, context.budget));
  return withoutInclude(deepMerge(below, own, context.budget));
};

const withoutInclude = (map: YamlMap): YamlMap =>
  map.byName.has('include')
    ? buildMap(
        map.position,
        map.entries.filter(({ name }) => name !== 'include'),
      )
    : map;

interface LocalFile {
  /** Without leading slashes. */
  readonly path: string;
  /** As messages may show it. */
  readonly shown: string;
  readonly item: YamlMap;
  readonly problem?: string;
}

/** What the file includes: rules, wildcards and variables applied, in the order of the list. */
const findFiles = async (map: YamlMap, context: IncludeContext): Promise<readonly LocalFile[]> => {
  const files: LocalFile[] = [];
  const wanted: YamlMap[] = [];
  for (const item of readIncludeItems(map, context)) {
    if (await includeIsWanted(item, context)) wanted.push(item);
  }
  const expanded = await Promise.all(wanted.map((item) => expandGlob(item, context)));
  for (const item of expanded.flat()) {
    checkIncludeKind(item, context);
    files.push(locate(item, context));
  }
  for (const { path, item } of files) {
    context.included.push(path);
    if (context.included.length > LIMITS.includes) {
      const message = `Maximum of ${LIMITS.includes} nested includes are allowed!`;
      throw configError(message, item.position, ['include']);
    }
  }
  return files;
};

const locate = (item: YamlMap, context: IncludeContext): LocalFile => {
  const local = item.byName.get('local')?.value;
  const text =
    local === undefined || !isText(local) ? textOf(local) : context.rules.variables.expandRawBlank(local.text);
  const path = text.replace(/^\/+/, '');
  const shown = maskSecrets(path, context.secrets);
  const file = { path, shown, item };
  if (local === undefined || !isText(local))
    return { ...file, problem: `Included file \`${shown}\` needs to be a string` };
  const isYaml = /.+\.(yml|yaml)$/i.test(path.slice(path.lastIndexOf('/') + 1));
  return isYaml ? file : { ...file, problem: `Included file \`${shown}\` does not have YAML extension!` };
};

const textOf = (node: YamlNode | undefined): string => (node?.kind === 'scalar' ? node.text : '');

/** The files' contents with their own includes merged in. An error inside one of them comes before those of the list. */
const readFiles = async (files: readonly LocalFile[], context: IncludeContext): Promise<readonly YamlMap[]> => {
  const problems: Diagnostic[] = [];
  const contents: YamlMap[] = [];
  const { readFile } = context.rules.repository;
  const texts = await Promise.all(
    files.map(async ({ path, problem }) => (problem === undefined ? readFile(path) : undefined)),
  );
  for (const [index, file] of files.entries()) {
    const problem = file.problem ?? problemOf(file, texts[index]);
    if (problem !== undefined) {
      problems.push(diagnosticAt('error', problem, file.item.position, ['include']));
      continue;
    }
    const content = await parse(file, texts[index] ?? '', context, problems);
    // Includes are counted in their order
    if (content !== undefined) contents.push(await includeFiles(content, context));
  }
  refuse(problems);
  return contents;
};

const problemOf = ({ shown }: LocalFile, text: string | undefined): string | undefined => {
  if (text === undefined) return `Local file \`${shown}\` does not exist!`;
  return /^\s*$/.test(text) ? `Local file \`${shown}\` is empty!` : undefined;
};

/** The same file may be included with different inputs: it is read once and filled in each time. */
const parse = async (
  file: LocalFile,
  text: string,
  context: IncludeContext,
  problems: Diagnostic[],
): Promise<YamlMap | undefined> => {
  const { path, shown, item } = file;
  try {
    const loaded: LoadedFile = context.files.get(path) ?? readConfigFile(text, path, shown);
    context.files.set(path, loaded);
    const given = writtenInputs(item.byName.get('inputs')?.value, shown);
    return await interpolateFile(loaded, given, interpolationContext(shown, context));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.diagnostics);
    return undefined;
  }
};
