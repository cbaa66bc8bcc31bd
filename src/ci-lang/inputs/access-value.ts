import { LIMITS } from '../limits.ts';
import type { YamlMap, YamlNode } from '../yaml/index.ts';

/** A value, or what keeps it from being found (GitLab's words). */
export type Accessed =
  | { readonly ok: true; readonly value: YamlNode }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Finds `inputs.name`, `inputs.list[0]`, `component.version` among the values of a file. */
export const accessValue = (access: string, values: YamlMap): Accessed => {
  const parts = splitAccess(access);
  const problems: string[] = [];
  if (parts.length <= 1) {
    problems.push('invalid pattern used for interpolation. valid pattern is $[[ inputs.input ]]');
  }
  if (isLongerThan(access, LIMITS.accessBytes)) problems.push('maximum interpolation expression size exceeded');
  if (problems.length > 0) return { ok: false, problems };
  let value: YamlNode = values;
  for (const part of parts) {
    const step: Accessed = part.includes('[') ? accessIndexed(part, value, access) : accessKey(part, value, access);
    if (!step.ok) return step;
    value = step.value;
  }
  return { ok: true, value };
};

/** Cut at dots; what follows the fourth one is one part. An empty text has no parts. */
const splitAccess = (access: string): readonly string[] => {
  if (access === '') return [];
  const parts: string[] = [];
  let rest = access;
  for (let dot = rest.indexOf('.'); dot >= 0 && parts.length < LIMITS.accessParts - 1; dot = rest.indexOf('.')) {
    parts.push(rest.slice(0, dot));
    rest = rest.slice(dot + 1);
  }
  return [...parts, rest];
};

const isLongerThan = (text: string, bytes: number): boolean =>
  text.length > bytes || encodeURIComponent(text.toWellFormed()).replace(/%../g, 'x').length > bytes;

const refused = (problem: string): Accessed => ({ ok: false, problems: [problem] });

const accessKey = (key: string, holder: YamlNode, access: string): Accessed => {
  const found = holder.kind === 'map' ? holder.byName.get(key) : undefined;
  if (found !== undefined) return { ok: true, value: found.value };
  return refused(`unknown interpolation provided: \`${key}\` in \`${access}\``);
};

/** `list[0][1]`. The name has no `-` here, unlike elsewhere. */
const accessIndexed = (part: string, holder: YamlNode, access: string): Accessed => {
  const indexed = /^(\w*)((?:\[\d+\])+)$/.exec(part);
  if (indexed === null) return refused(wrongIndex(part, access));
  const [, key = '', brackets = ''] = indexed;
  if (key === '') return refused(`invalid indexed access without a key in \`${access}\``);
  const indices = brackets.slice(1, -1).split('][');
  const most = LIMITS.accessIndices;
  if (indices.length > most) return refused(`too many array indices in \`${access}\` (maximum depth: ${most})`);
  let accessed = accessKey(key, holder, access);
  for (const written of indices) {
    if (!accessed.ok) return accessed;
    accessed = accessItem(written.replace(/^0+(?=\d)/, ''), accessed.value, access);
  }
  return accessed;
};

const accessItem = (index: string, list: YamlNode, access: string): Accessed => {
  if (list.kind !== 'seq') return refused(`cannot index into non-array value at [${index}] in \`${access}\``);
  const value = list.items[Number(index)];
  if (value !== undefined) return { ok: true, value };
  return refused(`array index ${index} out of bounds (size: ${list.items.length}) in \`${access}\``);
};

const wrongIndex = (part: string, access: string): string => {
  if (part.split('[').length !== part.split(']').length) {
    return `invalid array index in \`${access}\`: missing closing bracket`;
  }
  const contents = [...part.matchAll(/\[([^\]]*)\]/g)].map(([, content = '']) => content);
  const wrong = contents.find((content) => !/^\d+$/.test(content));
  if (wrong === undefined) return `invalid array index syntax in \`${access}\``;
  return `invalid array index in \`${access}\`: \`${wrong}\` is not a valid index`;
};
