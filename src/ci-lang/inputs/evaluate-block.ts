import { LIMITS } from '../limits.ts';
import { suggestName } from '../suggest-name.ts';
import { buildText, type YamlMap, type YamlNode } from '../yaml/index.ts';
import { accessValue } from './access-value.ts';
import { FUNCTION_NAMES, type FunctionContext, FunctionError, findFunction } from './block-functions.ts';
import type { Block } from './find-blocks.ts';

export interface BlockContext extends FunctionContext {
  /** `inputs` and `component`. */
  readonly values: YamlMap;
}

export type BlockResult =
  | { readonly ok: true; readonly value: YamlNode }
  | { readonly ok: false; readonly problems: readonly string[]; readonly hint?: string };

/** The value of `access | function | function`. Blocks of `matrix` stay as they are: needs put in those values. */
export const evaluateBlock = (block: Block, context: BlockContext): BlockResult => {
  const [access = '', ...calls] = splitData(block.data);
  if (access.split('.', 1)[0] === 'matrix') return { ok: true, value: buildText(context.values.position, block.text) };
  const accessed = accessValue(access, context.values);
  if (!accessed.ok) return withHint(accessed.problems, hintFor(access, context.values));
  if (calls.length > LIMITS.interpolationFunctions) {
    return { ok: false, problems: ['too many functions in interpolation block'] };
  }
  const functions = calls.map((call) => ({ call, apply: findFunction(call) }));
  const unknown = functions.filter(({ apply }) => apply === undefined);
  if (unknown.length > 0) {
    const why = 'check that the function name, arguments, and types are correct';
    const problems = unknown.map(({ call }) => `no function matching \`${call}\`: ${why}`);
    return withHint(problems, `The functions are ${FUNCTION_NAMES.join(', ')}.`);
  }
  try {
    const value = functions.reduce(
      (now, { apply }) => (apply === undefined ? now : buildText(now.position, apply(textOf(now), context))),
      accessed.value,
    );
    return { ok: true, value };
  } catch (error) {
    if (error instanceof FunctionError) return { ok: false, problems: [error.message] };
    throw error;
  }
};

/** Cut at `|`; what is empty at the end does not count. */
const splitData = (data: string): readonly string[] => {
  const parts = data.split('|');
  while (parts.at(-1) === '') parts.pop();
  return parts.map((part) => part.trim());
};

const textOf = (node: YamlNode): string | undefined =>
  node.kind === 'scalar' && node.type === 'text' ? node.text : undefined;

const withHint = (problems: readonly string[], hint: string | undefined): BlockResult =>
  hint === undefined ? { ok: false, problems } : { ok: false, problems, hint };

const hintFor = (access: string, values: YamlMap): string | undefined => {
  const [holder = '', name = ''] = access.split('.', 2);
  const known = values.byName.get(holder)?.value;
  if (known?.kind !== 'map') return 'Blocks know `inputs`, `component` and `matrix`.';
  if (known.byName.has(name)) return undefined;
  const meant = suggestName(name, [...known.byName.keys()]);
  return meant === undefined ? undefined : `Did you mean \`${holder}.${meant}\`?`;
};
