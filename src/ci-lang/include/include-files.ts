import { ConfigError, diagnosticAt, refuse } from '../config-error.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { type GivenInputs, interpolateFile, writtenInputs } from '../inputs/index.ts';
import { deepMerge } from '../merge/deep-merge.ts';
import { buildMap, type YamlMap } from '../yaml/index.ts';
import { expandItem } from './expand-items.ts';
import { type FetchedFile, fetchFiles, inTime } from './fetch-files.ts';
import type { IncludeContext } from './include-context.ts';
import { readIncludeItems } from './include-items.ts';
import type { IncludeProblem } from './include-kind.ts';
import { FILE_INCLUDE } from './include-kinds.ts';
import { includeIsWanted } from './include-rules.ts';
import { readFetched } from './read-fetched.ts';
import { fillingOf } from './spec-includes.ts';

/** How the files of a list are included, other than usual. */
export interface IncludeManner {
  /** The list says where the project's configuration is: it does not count, and its files take the pipeline's inputs. */
  readonly given: GivenInputs;
}

/** Merges all files that a file includes, and those that they include, below its own content. */
export const includeFiles = async (map: YamlMap, context: IncludeContext, manner?: IncludeManner): Promise<YamlMap> => {
  const items = await findItems(map, context);
  if (items.length === 0) return map;
  const files = await fetchFiles(items, FILE_INCLUDE, context, manner === undefined);
  const contents = await readContents(files, context, manner);
  const below = contents.reduce((merged, content) => deepMerge(merged, content, context.budget));
  return withoutInclude(deepMerge(below, withoutInclude(map), context.budget));
};

const withoutInclude = (map: YamlMap): YamlMap =>
  map.byName.has('include')
    ? buildMap(
        map.position,
        map.entries.filter(({ name }) => name !== 'include'),
      )
    : map;

/** What the file includes: rules, lists, wildcards and variables applied, in the order of the list. */
const findItems = async (map: YamlMap, context: IncludeContext): Promise<readonly YamlMap[]> => {
  const wanted: YamlMap[] = [];
  for (const item of readIncludeItems(map.byName.get('include')?.value, context)) {
    if (await inTime(item, includeIsWanted(item, context))) wanted.push(item);
  }
  const expanded = await Promise.all(wanted.map((item) => inTime(item, expandItem(item, context))));
  return expanded.flat();
};

/** The files' contents with their own includes merged in. An error inside one of them comes before those of the list. */
const readContents = async (
  files: readonly FetchedFile[],
  context: IncludeContext,
  manner: IncludeManner | undefined,
): Promise<readonly YamlMap[]> => {
  const problems: Diagnostic[] = [];
  const contents: YamlMap[] = [];
  for (const fetched of files) {
    const { item, answer } = fetched;
    if (answer.kind === 'problem') {
      problems.push(problemOf(item, answer));
      continue;
    }
    const inner = { ...context, scope: answer.scope };
    const content = await fillIn(fetched, context, inner, manner, problems);
    // Includes are counted in their order
    if (content !== undefined) contents.push(await includeFiles(content, inner));
  }
  refuse(problems);
  return contents;
};

const problemOf = ({ position }: YamlMap, { message, hint }: IncludeProblem): Diagnostic => {
  const diagnostic = diagnosticAt('error', message, position, ['include']);
  return hint === undefined ? diagnostic : { ...diagnostic, hint };
};

/** The content with its inputs put in. The same file may be included with others: it is read once. */
const fillIn = async (
  fetched: FetchedFile,
  context: IncludeContext,
  inner: IncludeContext,
  manner: IncludeManner | undefined,
  problems: Diagnostic[],
): Promise<YamlMap | undefined> => {
  const { item, shown } = fetched;
  const inputs = item.byName.get('inputs')?.value;
  try {
    const loaded = readFetched(fetched, context);
    const given = inputs === undefined && manner !== undefined ? manner.given : writtenInputs(inputs, shown);
    return await interpolateFile(loaded, given, fillingOf(shown, context, inner));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.diagnostics);
    return undefined;
  }
};
