import { findForbiddenCharacter } from './characters.ts';
import { Cursor } from './cursor.ts';
import type { RawNode, RawPair } from './raw-node.ts';
import { Scanner } from './scanner.ts';
import { type Mark, START, YamlSyntaxError } from './syntax-error.ts';
import type { TagToken, Token } from './token.ts';

/** Far beyond the 100 levels that GitLab allows, and well within the stack. */
const MAX_DEPTH = 400;

/** The text nests deeper than any configuration may. */
export class YamlDepthError extends Error {
  readonly mark: Mark;

  constructor(mark: Mark) {
    super('the document nests too deep');
    this.name = 'YamlDepthError';
    this.mark = mark;
  }
}

const YAML_TAG_PREFIX = 'tag:yaml.org,2002:';

interface Properties {
  readonly anchor: string | undefined;
  readonly tag: string | undefined;
  readonly mark: Mark;
}

const EXPLICIT_STARTS: readonly Token['type'][] = ['version-directive', 'tag-directive', 'document-start'];
/** What begins or ends a document; there a document's content is missing. */
const DOCUMENT_EDGES: readonly Token['type'][] = [
  'version-directive',
  'tag-directive',
  'document-start',
  'document-end',
  'stream-end',
];
const ITEM_ENDS: readonly Token['type'][] = ['block-entry', 'block-end'];
const INDENTLESS_ITEM_ENDS: readonly Token['type'][] = ['block-entry', 'key', 'value', 'block-end'];
const PAIR_ENDS: readonly Token['type'][] = ['key', 'value', 'block-end'];
const FLOW_ITEM_ENDS: readonly Token['type'][] = ['flow-entry', 'flow-sequence-end'];
const FLOW_KEY_ENDS: readonly Token['type'][] = ['value', 'flow-entry', 'flow-mapping-end'];
const FLOW_PAIR_ENDS: readonly Token['type'][] = ['flow-entry', 'flow-mapping-end'];

/** The place right after a token of one character. */
function after(mark: Mark): Mark {
  return { index: mark.index + 1, line: mark.line, column: mark.column + 1 };
}

function emptyScalar(mark: Mark): RawNode {
  return { kind: 'scalar', mark, anchor: undefined, tag: undefined, value: '', quoted: false };
}

function expected(problem: string, context: string, contextMark: Mark, token: Token): YamlSyntaxError {
  return new YamlSyntaxError(problem, token.mark, { text: context, mark: contextMark });
}

/** The grammar of libyaml 0.2.5 over its tokens, as recursive descent. */
class Parser {
  readonly #scanner: Scanner;
  readonly #tagPrefixes = new Map<string, string>();
  #depth = 0;

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  /** The first document, or undefined when there is none. What follows its end is not looked at. */
  document(): RawNode | undefined {
    const first = this.#scanner.peek();
    if (first.type === 'stream-end') return undefined;
    const explicit = EXPLICIT_STARTS.includes(first.type);
    this.#directives();
    if (explicit) {
      const token = this.#scanner.peek();
      if (token.type !== 'document-start') {
        throw new YamlSyntaxError('did not find expected <document start>', token.mark, { text: '', mark: START });
      }
      this.#scanner.skip();
    }
    const root = this.#documentContent(explicit);
    this.#scanner.peek();
    return root;
  }

  #documentContent(explicit: boolean): RawNode {
    const token = this.#scanner.peek();
    return explicit && DOCUMENT_EDGES.includes(token.type) ? emptyScalar(token.mark) : this.#node(true, false);
  }

  #directives(): void {
    let versioned = false;
    for (let token = this.#scanner.peek(); ; token = this.#scanner.peek()) {
      if (token.type === 'version-directive') {
        if (versioned) throw this.#refused('found duplicate %YAML directive', token);
        if (token.major !== 1 || (token.minor !== 1 && token.minor !== 2)) {
          throw this.#refused('found incompatible YAML document', token);
        }
        versioned = true;
      } else if (token.type === 'tag-directive') {
        if (this.#tagPrefixes.has(token.handle)) throw this.#refused('found duplicate %TAG directive', token);
        this.#tagPrefixes.set(token.handle, token.prefix);
      } else break;
      this.#scanner.skip();
    }
    if (!this.#tagPrefixes.has('!')) this.#tagPrefixes.set('!', '!');
    if (!this.#tagPrefixes.has('!!')) this.#tagPrefixes.set('!!', YAML_TAG_PREFIX);
  }

  /** libyaml gives no context here, and Psych then shows line 1, column 1. */
  #refused(problem: string, token: Token): YamlSyntaxError {
    return new YamlSyntaxError(problem, token.mark, { text: '', mark: START });
  }

  #tagOf(token: TagToken, nodeMark: Mark): string {
    if (token.handle === '') return token.suffix;
    const prefix = this.#tagPrefixes.get(token.handle);
    if (prefix === undefined) throw expected('found undefined tag handle', 'while parsing a node', nodeMark, token);
    return prefix + token.suffix;
  }

  /** `&anchor` and `!tag` in either order, each at most once. */
  #properties(): Properties {
    const mark = this.#scanner.peek().mark;
    let anchor: string | undefined;
    let tagToken: TagToken | undefined;
    for (;;) {
      const token = this.#scanner.peek();
      if (token.type === 'anchor' && anchor === undefined) anchor = token.name;
      else if (token.type === 'tag' && tagToken === undefined) tagToken = token;
      else break;
      this.#scanner.skip();
    }
    return { anchor, tag: tagToken === undefined ? undefined : this.#tagOf(tagToken, mark), mark };
  }

  /** A node; outside flow collections (`block`) it may be a block collection, and as a map's value a list without indentation. */
  #node(block: boolean, indentless: boolean): RawNode {
    const alias = this.#scanner.peek();
    if (alias.type === 'alias') {
      this.#scanner.skip();
      return { kind: 'alias', mark: alias.mark, name: alias.name };
    }
    const properties = this.#properties();
    const token = this.#scanner.peek();
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new YamlDepthError(token.mark);
    const node = this.#content(token, properties, block, indentless);
    this.#depth -= 1;
    return node;
  }

  #content(token: Token, properties: Properties, block: boolean, indentless: boolean): RawNode {
    const { mark, anchor, tag } = properties;
    if (indentless && token.type === 'block-entry') {
      return { kind: 'seq', mark, anchor, tag, items: this.#indentlessItems() };
    }
    if (token.type === 'scalar') {
      this.#scanner.skip();
      const quoted = tag === undefined && !token.plain;
      return { kind: 'scalar', mark, anchor, tag, value: token.value, quoted };
    }
    if (token.type === 'flow-sequence-start') return { kind: 'seq', mark, anchor, tag, items: this.#flowItems() };
    if (token.type === 'flow-mapping-start') return { kind: 'map', mark, anchor, tag, pairs: this.#flowPairs() };
    if (block && token.type === 'block-sequence-start') {
      return { kind: 'seq', mark, anchor, tag, items: this.#blockItems() };
    }
    if (block && token.type === 'block-mapping-start') {
      return { kind: 'map', mark, anchor, tag, pairs: this.#blockPairs() };
    }
    if (anchor !== undefined || tag !== undefined) {
      return { kind: 'scalar', mark, anchor, tag, value: '', quoted: false };
    }
    const context = block ? 'while parsing a block node' : 'while parsing a flow node';
    throw expected('did not find expected node content', context, mark, token);
  }

  /** The node after an indicator that was passed, or an empty scalar when one of `ends` follows at once. */
  #nodeUnless(ends: readonly Token['type'][], mark: Mark, block: boolean, indentless: boolean): RawNode {
    return ends.includes(this.#scanner.peek().type) ? emptyScalar(mark) : this.#node(block, indentless);
  }

  #blockItems(): RawNode[] {
    const start = this.#scanner.peek().mark;
    this.#scanner.skip();
    const items: RawNode[] = [];
    for (;;) {
      const token = this.#scanner.peek();
      if (token.type === 'block-end') break;
      if (token.type !== 'block-entry') {
        throw expected("did not find expected '-' indicator", 'while parsing a block collection', start, token);
      }
      this.#scanner.skip();
      items.push(this.#nodeUnless(ITEM_ENDS, after(token.mark), true, false));
    }
    this.#scanner.skip();
    return items;
  }

  #indentlessItems(): RawNode[] {
    const items: RawNode[] = [];
    for (let token = this.#scanner.peek(); token.type === 'block-entry'; token = this.#scanner.peek()) {
      this.#scanner.skip();
      items.push(this.#nodeUnless(INDENTLESS_ITEM_ENDS, after(token.mark), true, false));
    }
    return items;
  }

  #blockPairs(): RawPair[] {
    const start = this.#scanner.peek().mark;
    this.#scanner.skip();
    const pairs: RawPair[] = [];
    for (let token = this.#scanner.peek(); token.type !== 'block-end'; token = this.#scanner.peek()) {
      if (token.type !== 'key') {
        throw expected('did not find expected key', 'while parsing a block mapping', start, token);
      }
      this.#scanner.skip();
      const key = this.#nodeUnless(PAIR_ENDS, after(token.mark), true, true);
      const colon = this.#scanner.peek();
      if (colon.type === 'value') this.#scanner.skip();
      const value =
        colon.type === 'value' ? this.#nodeUnless(PAIR_ENDS, after(colon.mark), true, true) : emptyScalar(colon.mark);
      pairs.push({ key, value });
    }
    this.#scanner.skip();
    return pairs;
  }

  /** Passes the comma between two entries of a flow collection. */
  #flowSeparator(first: boolean, close: ']' | '}', start: Mark): Token {
    const token = this.#scanner.peek();
    if (first) return token;
    if (token.type !== 'flow-entry') {
      const what = close === ']' ? 'sequence' : 'mapping';
      throw expected(`did not find expected ',' or '${close}'`, `while parsing a flow ${what}`, start, token);
    }
    this.#scanner.skip();
    return this.#scanner.peek();
  }

  #flowItems(): RawNode[] {
    const start = this.#scanner.peek().mark;
    this.#scanner.skip();
    const items: RawNode[] = [];
    while (this.#scanner.peek().type !== 'flow-sequence-end') {
      const token = this.#flowSeparator(items.length === 0, ']', start);
      if (token.type === 'flow-sequence-end') break;
      items.push(token.type === 'key' ? this.#flowPairItem(token.mark) : this.#node(false, false));
    }
    this.#scanner.skip();
    return items;
  }

  /** `key: value` as an item of a flow list: a map of one pair. */
  #flowPairItem(mark: Mark): RawNode {
    this.#scanner.skip();
    const token = this.#scanner.peek();
    let key: RawNode;
    if (token.type === 'value' || FLOW_ITEM_ENDS.includes(token.type)) {
      // libyaml 0.2.5 passes the token here, so `[?]` and `[? : a]` are errors.
      this.#scanner.skip();
      key = emptyScalar(token.mark);
    } else key = this.#node(false, false);
    const value = this.#flowValue(FLOW_ITEM_ENDS);
    return { kind: 'map', mark, anchor: undefined, tag: undefined, pairs: [{ key, value }] };
  }

  #flowValue(ends: readonly Token['type'][]): RawNode {
    const token = this.#scanner.peek();
    if (token.type !== 'value') return emptyScalar(token.mark);
    this.#scanner.skip();
    return this.#nodeUnless(ends, after(token.mark), false, false);
  }

  #flowPairs(): RawPair[] {
    const start = this.#scanner.peek().mark;
    this.#scanner.skip();
    const pairs: RawPair[] = [];
    while (this.#scanner.peek().type !== 'flow-mapping-end') {
      const token = this.#flowSeparator(pairs.length === 0, '}', start);
      if (token.type === 'flow-mapping-end') break;
      if (token.type === 'key') {
        this.#scanner.skip();
        const key = this.#nodeUnless(FLOW_KEY_ENDS, after(token.mark), false, false);
        pairs.push({ key, value: this.#flowValue(FLOW_PAIR_ENDS) });
      } else {
        const key = this.#node(false, false);
        pairs.push({ key, value: emptyScalar(this.#scanner.peek().mark) });
      }
    }
    this.#scanner.skip();
    return pairs;
  }
}

/** Line and column of an index of a text. */
function markAt(text: string, index: number): Mark {
  const cursor = new Cursor(text);
  while (cursor.index < index) if (cursor.skipBreak() === '') cursor.skip();
  return cursor.mark();
}

/**
 * Reads the first YAML document of a text as libyaml would; undefined when there is none (blank, or comments only).
 * Throws YamlSyntaxError with libyaml's words, or YamlDepthError.
 */
export function parseSyntax(text: string): RawNode | undefined {
  const forbidden = findForbiddenCharacter(text);
  if (forbidden >= 0) {
    throw new YamlSyntaxError('control characters are not allowed', markAt(text, forbidden), { text: '', mark: START });
  }
  return new Parser(text.startsWith('\ufeff') ? text.slice(1) : text).document();
}
