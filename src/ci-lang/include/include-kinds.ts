import { configError, diagnosticAt } from '../config-error.ts';
import { findOptionProblems } from '../keywords/include-options.ts';
import { jsonMapOf } from '../keywords/json-value.ts';
import type { YamlMap } from '../yaml/index.ts';
import { artifactInclude } from './artifact.ts';
import { componentInclude } from './component.ts';
import type { IncludeContext } from './include-context.ts';
import type { IncludeKind, LocatedFile } from './include-kind.ts';
import { localInclude } from './local.ts';
import { projectInclude } from './project.ts';
import { remoteInclude } from './remote.ts';
import { templateInclude } from './template.ts';

/** In GitLab's order. */
export const INCLUDE_KINDS: readonly IncludeKind[] = [
  localInclude,
  projectInclude,
  remoteInclude,
  templateInclude,
  artifactInclude,
  componentInclude,
];

/** What a header may include. */
export const HEADER_KINDS: readonly IncludeKind[] = [localInclude, remoteInclude, projectInclude];

/** All keys of an include. */
export const INCLUDE_KEYS: readonly string[] = [
  ...INCLUDE_KINDS.map(({ name }) => name),
  'file',
  'ref',
  'integrity',
  'cache',
  'inputs',
  'job',
  'rules',
];

/** `include` or `header include`, as GitLab's messages call it, and what it may be. */
export interface IncludeUse {
  readonly name: string;
  readonly kinds: readonly IncludeKind[];
}

export const FILE_INCLUDE: IncludeUse = { name: 'include', kinds: INCLUDE_KINDS };
export const HEADER_INCLUDE: IncludeUse = { name: 'header include', kinds: HEADER_KINDS };

/** The file that an include names. Throws when it is not exactly one kind of include, or its options make no sense. */
export const locateFile = (item: YamlMap, { name, kinds }: IncludeUse, context: IncludeContext): LocatedFile => {
  refuseOptions(item);
  const found = kinds.flatMap((kind) => kind.locate(item, context) ?? []);
  const [file, ...others] = found;
  const valid = `\`${kinds.map((kind) => kind.name).join('`, `')}\``;
  if (others.length > 0) {
    throw configError(`Each include must use only one of: ${valid}`, item.position, ['include']);
  }
  if (file === undefined) {
    const shown = context.scope.variables.hide(JSON.stringify(jsonMapOf(item)));
    const message = `\`${shown}\` does not have a valid subkey for ${name}. Valid subkeys are: ${valid}`;
    throw configError(message, item.position, ['include']);
  }
  warnOfUnknownKeys(item, context);
  return file;
};

/** GitLab looks at these in `trigger:include` only; elsewhere they would be ignored, also a digest that protects. */
const refuseOptions = (item: YamlMap): void => {
  const [problem] = findOptionProblems(item);
  if (problem === undefined) return;
  const { message, entry } = problem;
  throw configError(`include config ${message}`, entry.key.position, ['include', entry.name ?? '']);
};

/** GitLab never looks at them; they are most likely misspelt. */
const warnOfUnknownKeys = (item: YamlMap, context: IncludeContext): void => {
  const unknown = item.entries.flatMap(({ name }) => (name === undefined || INCLUDE_KEYS.includes(name) ? [] : [name]));
  if (unknown.length === 0) return;
  const message = `include config contains unknown keys: ${unknown.join(', ')}`;
  context.warnings.push(diagnosticAt('warning', message, item.position, ['include']));
};
