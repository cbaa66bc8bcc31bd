import { ConfigError } from '../config-error.ts';
import { labelOfEntry } from '../keywords/place.ts';
import { LIMITS } from '../limits.ts';
import {
  buildEntry,
  buildMap,
  buildSeq,
  buildText,
  type SourcePosition,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from '../yaml/index.ts';
import { type BlockContext, evaluateBlock } from './evaluate-block.ts';
import { type Block, findBlocks } from './find-blocks.ts';
import { inputProblem } from './inputs-error.ts';
import { valueText } from './value-text.ts';

/**
 * Puts values in place of the blocks of a file, in keys too. A text that is one block becomes the value itself, with
 * its type; a list that stands so in a list gives it its elements. What comes from a block has the block's position.
 * `!reference` is left alone, as in GitLab.
 */
export const interpolateContent = (content: YamlMap, context: BlockContext, shown: string): YamlMap => {
  const interpolation = new Interpolation(context, shown);
  const interpolated = interpolation.visit(content);
  return interpolated.kind === 'map' ? interpolated : content;
};

class Interpolation {
  readonly #context: BlockContext;
  readonly #shown: string;
  readonly #values = new Map<string, YamlNode>();
  /** Keys and indices down to the node at hand. */
  readonly #path: string[] = [];
  #visited = 0;

  constructor(context: BlockContext, shown: string) {
    this.#context = context;
    this.#shown = shown;
  }

  visit(node: YamlNode): YamlNode {
    this.#visited += 1;
    if (this.#visited > LIMITS.interpolationNodes) throw this.#refusal('config too large', node.position);
    switch (node.kind) {
      case 'reference':
        return node;
      case 'scalar':
        return this.#scalar(node);
      case 'seq':
        return this.#items(node.items, node);
      case 'map':
        return this.#entries(node);
    }
  }

  #visitAt(step: string, node: YamlNode): YamlNode {
    this.#path.push(step);
    const visited = this.visit(node);
    this.#path.pop();
    return visited;
  }

  #items(items: readonly YamlNode[], node: YamlNode): YamlNode {
    const visited = items.map((item, index) => this.#visitAt(String(index), item));
    if (visited.every((item, index) => item === items[index])) return node;
    const spliced = visited.flatMap((item, index) =>
      item.kind === 'seq' && isText(items[index]) ? item.items : [item],
    );
    return buildSeq(node.position, spliced);
  }

  #entries(node: YamlMap): YamlNode {
    const entries = node.entries.map((entry) => {
      const key = this.visit(entry.key);
      const value = this.#visitAt(labelOfEntry(entry), entry.value);
      return key === entry.key && value === entry.value ? entry : buildEntry(key, value);
    });
    return entries.every((entry, index) => entry === node.entries[index]) ? node : buildMap(node.position, entries);
  }

  #scalar(node: YamlScalar): YamlNode {
    if (node.type !== 'text' && node.type !== 'symbol') return node;
    const { text, position } = node;
    if (text.length * 3 > LIMITS.interpolationTextBytes && isTooLong(text)) {
      throw this.#refusal('config node too large', position);
    }
    const blocks = text.includes('$[[') ? findBlocks(text) : [];
    const [first] = blocks;
    // Ruby makes texts of symbols on this way.
    if (first === undefined) return node.type === 'text' ? node : buildText(position, text);
    if (blocks.length === 1 && first.text.length === text.length) return this.#put(first, position);
    return buildText(position, this.#fill(text, blocks, position));
  }

  /** The value in place of a block that stands alone. */
  #put(block: Block, position: SourcePosition): YamlNode {
    return this.#moved(this.#valueOf(block, position), position);
  }

  /** A copy of the value at the place of its block. */
  #moved(value: YamlNode, position: SourcePosition): YamlNode {
    this.#context.budget.spendNodes(1);
    switch (value.kind) {
      case 'scalar':
        this.#context.budget.spendCharacters(value.text.length);
        return { ...value, position };
      case 'reference':
        return { ...value, position };
      case 'seq':
        return buildSeq(
          position,
          value.items.map((item) => this.#moved(item, position)),
        );
      case 'map':
        return buildMap(
          position,
          value.entries.map(({ key, value: inner }) =>
            buildEntry(this.#moved(key, position), this.#moved(inner, position)),
          ),
        );
    }
  }

  #fill(text: string, blocks: readonly Block[], position: SourcePosition): string {
    const pieces: string[] = [];
    let end = 0;
    for (const block of blocks) {
      const value = valueText(this.#valueOf(block, position));
      this.#context.budget.spendCharacters(value.length);
      pieces.push(text.slice(end, block.start), value);
      end = block.end;
    }
    return [...pieces, text.slice(end)].join('');
  }

  /** Each different block is evaluated once. */
  #valueOf(block: Block, position: SourcePosition): YamlNode {
    const known = this.#values.get(block.text);
    if (known !== undefined) return known;
    const result = evaluateBlock(block, this.#context);
    if (!result.ok) throw this.#refusal(result.problems.join(', '), position, result.hint);
    this.#values.set(block.text, result.value);
    if (this.#values.size > LIMITS.interpolationBlocks) {
      throw this.#refusal('too many interpolation blocks', position);
    }
    return result.value;
  }

  #refusal(message: string, position: SourcePosition, hint?: string): ConfigError {
    return new ConfigError([inputProblem(`\`${this.#shown}\`: ${message}`, position, [...this.#path], hint)]);
  }
}

const isText = (node: YamlNode | undefined): boolean => node?.kind === 'scalar' && node.type === 'text';

const isTooLong = (text: string): boolean => {
  if (text.length > LIMITS.interpolationTextBytes) return true;
  let bytes = text.length;
  for (const [wide] of text.matchAll(/[^\x00-\x7f]/gu)) bytes += wide <= '\u07ff' ? 1 : 2;
  return bytes > LIMITS.interpolationTextBytes;
};
