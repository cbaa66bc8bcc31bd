import { badRequestText } from './bad-request-text.ts';
import { bareObject } from './bare-object.ts';
import type { RawParams, UploadedFile } from './raw-params.ts';
import { isRawArray, isUploadedFile } from './raw-params.ts';

/** Names may nest this deep (`a[b][c]` is three). */
const MAX_DEPTH = 32;
/** A query or a form may hold fewer pairs than this. */
const MAX_PAIRS = 4096;

type Value = string | null | UploadedFile;
type Node = Value | Node[] | Tree;
interface Tree {
  [key: string]: Node;
}

const emptyTree = (): Tree => bareObject<Node>();
const isTree = (node: Node | undefined): node is Tree =>
  typeof node === 'object' && node !== null && !isRawArray(node) && !isUploadedFile(node);

/**
 * Rack's nested parameters from decoded names and values, in order: `h[k]=v`, `a[]=1`, `v[][key]=A`.
 * Throws `Bad Request` for names that contradict each other, nest too deep, or are too many.
 */
export function nestParams(pairs: Iterable<readonly [name: string, value: Value]>): RawParams {
  const params = emptyTree();
  let count = 0;
  for (const [name, value] of pairs) {
    if (++count > MAX_PAIRS) throw badRequestText();
    place(params, name, value, MAX_DEPTH);
  }
  return params;
}

/** A query or an `application/x-www-form-urlencoded` body. A name without `=` has the value null. */
export function parseUrlEncoded(encoded: string): RawParams {
  return nestParams(pairsOf(encoded));
}

function* pairsOf(encoded: string): Generator<readonly [string, string | null]> {
  for (const part of encoded.split(/& */u)) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    yield equals < 0 ? [unescape(part), null] : [unescape(part.slice(0, equals)), unescape(part.slice(equals + 1))];
  }
}

function unescape(encoded: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    throw badRequestText();
  }
  if (decoded.includes('\0')) throw badRequestText();
  return decoded;
}

function place(tree: Tree, name: string, value: Value, depth: number): void {
  if (depth <= 0) throw badRequestText();
  const match = /^[[\]]*([^[\]]+)\]*/u.exec(name);
  const key = match?.[1];
  if (match === null || key === undefined) return;
  const after = name.slice(match[0].length);
  if (after === '') tree[key] = value;
  else if (after === '[') tree[name] = value;
  else if (after === '[]') arrayAt(tree, key).push(value);
  else if (after.startsWith('[]') && after.length > 2) placeInList(arrayAt(tree, key), after, value, depth);
  else place(treeAt(tree, key), after, value, depth - 1);
}

/** `list[][key]`: the last element takes it, unless it has that key already; then a new element begins. */
function placeInList(list: Node[], after: string, value: Value, depth: number): void {
  const childName = /^\[\]\[([^[\]]+)\]$/u.exec(after)?.[1] ?? after.slice(2);
  const last = list.at(-1);
  if (isTree(last) && !hasPath(last, childName)) {
    place(last, childName, value, depth - 1);
    return;
  }
  list.push(elementOf(childName, value, depth));
}

function elementOf(childName: string, value: Value, depth: number): Node {
  if (childName === '[]') return value === null ? null : [value];
  if (/^[[\]]*$/u.test(childName)) return null;
  const element = emptyTree();
  place(element, childName, value, depth - 1);
  return element;
}

function hasPath(tree: Tree, name: string): boolean {
  if (name.includes('[]')) return false;
  let node: Node | undefined = tree;
  for (const part of name.split(/[[\]]+/u)) {
    if (part === '') continue;
    if (!isTree(node) || !Object.hasOwn(node, part)) return false;
    node = node[part];
  }
  return true;
}

function arrayAt(tree: Tree, key: string): Node[] {
  const found = (tree[key] ??= []);
  if (!Array.isArray(found)) throw badRequestText();
  return found;
}

function treeAt(tree: Tree, key: string): Tree {
  const found = (tree[key] ??= emptyTree());
  if (!isTree(found)) throw badRequestText();
  return found;
}
