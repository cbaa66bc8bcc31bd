import { jsonMapOf } from '../keywords/json-value.ts';
import { isBlank, isText } from '../keywords/node-tests.ts';
import type { YamlMap, YamlNode } from '../yaml/index.ts';
import type { IncludeContext, IncludeScope } from './include-context.ts';
import type { IncludeRecord } from './include-record.ts';

/** One kind of include. Every kind's file exports one of these. */
export interface IncludeKind {
  /** Its key. */
  readonly name: string;
  /** The file that an include names, by what is written there alone. Undefined: the include is not of this kind. */
  readonly locate: (item: YamlMap, context: IncludeContext) => LocatedFile | undefined;
}

interface FileAddress extends Pick<IncludeRecord, 'type' | 'extra'> {
  /** With masked values hidden: how messages call the file. */
  readonly shown: string;
  /** A local file: what wildcards know it by. */
  readonly path?: string;
}

export type LocatedFile = FileAddress &
  ({ readonly problem: IncludeProblem } | { readonly read: () => Promise<FileAnswer> });

export interface IncludeProblem {
  readonly message: string;
  readonly hint?: string;
}

export type FileAnswer =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** What the file is, whatever it is called: the same key is the same text. */
      readonly key: string;
      /** As diagnostics call the file. */
      readonly file: string;
      /** With which its own includes are seen. */
      readonly scope: IncludeScope;
      readonly blob?: string;
      readonly raw?: string;
    }
  | ({ readonly kind: 'problem' } & IncludeProblem);

export const problem = (message: string, hint?: string): FileAnswer => ({
  kind: 'problem',
  message,
  ...(hint === undefined ? {} : { hint }),
});

/** As GitLab says it of a file of more than 2 MiB. */
export const tooBig = (shown: string): FileAnswer => problem(`\`${shown}\`: The provided YAML is too big`);

/** The value of a key that says something. */
export const givenNode = (item: YamlMap, name: string): YamlNode | undefined => {
  const value = item.byName.get(name)?.value;
  return value === undefined || isBlank(value) ? undefined : value;
};

/** As text; what is no scalar is empty. */
export const textOf = (node: YamlNode | undefined): string => (node?.kind === 'scalar' ? node.text : '');

/** What keeps an address from naming a YAML file. */
export const addressProblem = (node: YamlNode, location: string, shown: string): IncludeProblem | undefined => {
  if (!isText(node)) return { message: `Included file \`${shown}\` needs to be a string` };
  const isYaml = /^.*[^/]\.ya?ml$/is.test(location);
  return isYaml ? undefined : { message: `Included file \`${shown}\` does not have YAML extension!` };
};

export const isBlankText = (text: string): boolean => /^\s*$/.test(text);

/** What an include says besides these keys, as plain JSON. */
export const extraOf = (item: YamlMap, without: readonly string[]): IncludeRecord['extra'] =>
  Object.fromEntries(Object.entries(jsonMapOf(item)).filter(([key]) => !without.includes(key)));
