import { buildText } from './build-node.ts';
import type { YamlEntry, YamlMap, YamlNode, YamlScalar, YamlSeq } from './node.ts';
import { isSimpleKey, keepsBreaks, type ScalarPlace, writeScalar } from './write-scalar.ts';

/** Thrown inside a walk to leave it at once. */
class TooLong extends Error {}

/** The text so far. */
interface Sheet {
  readonly put: (text: string) => void;
  /** Of the next character, from 0. */
  readonly column: () => number;
}

/**
 * The document as Ruby's `to_yaml` writes a hash with text keys: block style, aliases written out, and quotes wherever
 * reading would give something else than was written. Keys that are no text are written as text. Undefined when it
 * would have more characters than `mostCharacters`.
 */
export const writeYaml = (root: YamlMap, mostCharacters: number): string | undefined => {
  const pieces: string[] = [];
  let size = 0;
  let column = 0;
  const put = (text: string): void => {
    size += text.length;
    if (size > mostCharacters) throw new TooLong();
    pieces.push(text);
    const newline = text.lastIndexOf('\n');
    column = newline < 0 ? column + text.length : text.length - newline - 1;
  };
  try {
    const writer = new Writer({ put, column: () => column });
    writer.document(root);
    return pieces.join('');
  } catch (error) {
    if (error instanceof TooLong) return undefined;
    throw error;
  }
};

class Writer {
  readonly #sheet: Sheet;
  /** The last block kept its newlines, so the document needs an end. */
  #open = false;

  constructor(sheet: Sheet) {
    this.#sheet = sheet;
  }

  document(root: YamlMap): void {
    this.#sheet.put('---');
    if (root.entries.length === 0) this.#sheet.put(' {}');
    else this.#map(root, 0, false);
    if (this.#sheet.column() > 0) this.#sheet.put('\n');
    if (this.#open) this.#sheet.put('...\n');
  }

  /** `begun`: its first key stands behind an indicator, on the same line. */
  #map(map: YamlMap, indent: number, begun: boolean): void {
    for (const [index, entry] of map.entries.entries()) {
      if (index > 0 || !begun) this.#startLine(indent);
      this.#entry(entry, indent);
    }
  }

  #entry({ key, value }: YamlEntry, indent: number): void {
    const name = keyOf(key);
    if (isSimpleKey(name.text)) {
      this.#sheet.put(writeScalar(name, this.#place(indent + 2, true)));
      this.#sheet.put(':');
      this.#behindKey(value, indent);
      return;
    }
    this.#sheet.put('?');
    this.#scalar(name, indent + 2);
    this.#startLine(indent);
    this.#sheet.put(':');
    this.#behindIndicator(value, indent + 2);
  }

  /** A list behind a key does not go in further than the key. */
  #behindKey(value: YamlNode, indent: number): void {
    if (value.kind === 'map' && value.entries.length > 0) this.#map(value, indent + 2, false);
    else if (value.kind === 'seq' && value.items.length > 0) this.#seq(value, indent, false);
    else this.#leaf(value, indent + 2);
  }

  #behindIndicator(value: YamlNode, indent: number): void {
    if (value.kind === 'map' && value.entries.length > 0) {
      this.#sheet.put(' ');
      this.#map(value, indent, true);
    } else if (value.kind === 'seq' && value.items.length > 0) {
      this.#sheet.put(' ');
      this.#seq(value, indent, true);
    } else {
      this.#leaf(value, indent);
    }
  }

  #seq(seq: YamlSeq, indent: number, begun: boolean): void {
    for (const [index, item] of seq.items.entries()) {
      if (index > 0 || !begun) this.#startLine(indent);
      this.#sheet.put('-');
      this.#behindIndicator(item, indent + 2);
    }
  }

  #leaf(node: YamlNode, indent: number): void {
    if (node.kind === 'map') this.#sheet.put(' {}');
    else if (node.kind === 'seq') this.#sheet.put(' []');
    else this.#scalar(leafOf(node), indent);
  }

  #scalar(node: YamlScalar, indent: number): void {
    const written = writeScalar(node, this.#place(indent, false));
    if (written !== '') this.#sheet.put(` ${written}`);
    if (written.startsWith('|')) this.#open = keepsBreaks(node.text);
  }

  #place(indent: number, isKey: boolean): ScalarPlace {
    return { column: this.#sheet.column() + (isKey ? 0 : 1), indent, isSimpleKey: isKey };
  }

  #startLine(indent: number): void {
    if (this.#sheet.column() > 0) this.#sheet.put('\n');
    if (indent > 0) this.#sheet.put(' '.repeat(indent));
  }
}

/** Keys are text, whatever they were. A reference that nobody resolved is shown as it was written. */
const keyOf = (key: YamlNode): YamlScalar => asText(key, key.kind === 'scalar' ? key.text : shownOf(key));

const leafOf = (node: YamlNode): YamlScalar => (node.kind === 'scalar' ? node : asText(node, shownOf(node)));

const shownOf = (node: YamlNode): string => (node.kind === 'reference' ? node.shown : node.kind);

const asText = ({ position }: YamlNode, text: string): YamlScalar => buildText(position, text);
