import type { YamlNode } from './node.ts';

/** GitLab's defaults: 2 MiB of parsed data, 100 levels. */
export interface MeasureLimits {
  readonly maxSize: number;
  readonly maxDepth: number;
}

const NODE_SIZE = 40;
const EMBEDDED_TEXT = 23;
const SLOT_SIZE = 8;
const ENTRY_SIZE = 32;

/** Thrown inside a walk to leave it at once. */
class LimitReached extends Error {}

/**
 * Whether the data stays within GitLab's limits of memory and depth. Shared nodes count each time they are met, as in
 * GitLab's walk, which is what ends "billion laughs" and aliases that contain themselves: the walk stops at the limit.
 * The sizes are an estimate of Ruby's: 40 bytes a node, text beyond 23 bytes, 8 a list slot, 32 a map entry.
 */
export function fitsLimits(root: YamlNode, limits: MeasureLimits): boolean {
  let size = 0;
  const grow = (bytes: number): void => {
    size += bytes;
    if (size > limits.maxSize) throw new LimitReached();
  };
  const visit = (node: YamlNode, depth: number): void => {
    grow(NODE_SIZE);
    switch (node.kind) {
      case 'scalar':
        grow(Math.max(0, node.text.length - EMBEDDED_TEXT));
        break;
      case 'reference':
        grow(node.shown.length);
        break;
      case 'seq':
        if (depth === limits.maxDepth) throw new LimitReached();
        grow(node.items.length * SLOT_SIZE);
        for (const item of node.items) visit(item, depth + 1);
        break;
      case 'map':
        if (depth === limits.maxDepth) throw new LimitReached();
        grow(node.entries.length * ENTRY_SIZE);
        for (const entry of node.entries) {
          visit(entry.key, depth + 1);
          visit(entry.value, depth + 1);
        }
        break;
    }
  };
  try {
    visit(root, 0);
    return true;
  } catch (error) {
    if (error instanceof LimitReached) return false;
    throw error;
  }
}
