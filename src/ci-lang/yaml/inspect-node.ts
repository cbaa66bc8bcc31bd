import type { YamlNode } from './node.ts';
import { floatText, inspectText } from './ruby-text.ts';

/** Nodes shown at most: shared nodes may stand for far more than was written. */
const MAX_NODES = 100;

/**
 * A node as Ruby's `inspect` shows it in GitLab's messages; the rest of a very long one is `…`.
 *
 * `keys`: as they are once GitLab has made symbols of them, or as they are in the file.
 */
export function inspectNode(root: YamlNode, keys: 'symbols' | 'texts' = 'texts'): string {
  let left = MAX_NODES;
  const inspect = (node: YamlNode): string => {
    left -= 1;
    if (left < 0) return '…';
    switch (node.kind) {
      case 'reference':
        return node.shown;
      case 'seq':
        return `[${listed(node.items, inspect)}]`;
      case 'map':
        return `{${listed(node.entries, (entry) => `${inspectKey(entry.key)}=>${inspect(entry.value)}`)}}`;
      case 'scalar':
        if (node.type === 'text') return inspectText(node.text);
        if (node.type === 'symbol') return `:${node.text}`;
        if (typeof node.value === 'number' && node.type === 'float') return floatText(node.value);
        return node.value === null ? 'nil' : node.text;
    }
  };
  const inspectKey = (key: YamlNode): string =>
    keys === 'symbols' && key.kind === 'scalar' && key.type === 'text' ? inspectSymbol(key.text) : inspect(key);
  const listed = <T>(items: readonly T[], show: (item: T) => string): string => {
    const shown: string[] = [];
    for (const item of items) {
      if (left <= 0) {
        shown.push('…');
        break;
      }
      shown.push(show(item));
    }
    return shown.join(', ');
  };
  return inspect(root);
}

function inspectSymbol(text: string): string {
  return /^[A-Za-z_]\w*$/.test(text) ? `:${text}` : `:${inspectText(text)}`;
}
