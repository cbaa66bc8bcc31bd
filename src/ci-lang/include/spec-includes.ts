import { configError } from '../config-error.ts';
import type { InterpolationContext, SpecInclude } from '../inputs/index.ts';
import type { YamlNode } from '../yaml/index.ts';
import { expandItem } from './expand-items.ts';
import { fetchFiles, inTime } from './fetch-files.ts';
import type { IncludeContext } from './include-context.ts';
import { readIncludeItems } from './include-items.ts';
import { HEADER_INCLUDE } from './include-kinds.ts';
import { readFetched } from './read-fetched.ts';

/**
 * What a file is filled with besides its inputs: variables as the including file sees them, and files for its header as
 * it sees them itself. The file of a component includes nothing into its header.
 */
export const fillingOf = (shown: string, outer: IncludeContext, inner: IncludeContext): InterpolationContext => {
  const { component } = inner.scope;
  return {
    shown,
    regexes: outer.repository.regexes,
    findVariable: outer.scope.variables.find,
    ...(component === undefined ? {} : { component }),
    ...(component === outer.scope.component && {
      loadSpecIncludes: (items: readonly YamlNode[]) => loadSpecIncludes(items, inner),
    }),
  };
};

/** They count as includes. */
const loadSpecIncludes = async (
  nodes: readonly YamlNode[],
  context: IncludeContext,
): Promise<readonly SpecInclude[]> => {
  const items = nodes.flatMap((node) => readIncludeItems(node, context));
  const expanded = await Promise.all(items.map((item) => inTime(item, expandItem(item, context))));
  const files = await fetchFiles(expanded.flat(), HEADER_INCLUDE, context, true);
  return files.map((file) => {
    const { item, shown, answer } = file;
    if (answer.kind === 'problem') throw configError(answer.message, item.position, ['spec', 'include']);
    return { shown, content: readFetched(file, context).content };
  });
};
