import { fitsLimits } from './measure.ts';
import type { SourcePosition, YamlDiagnostic, YamlNode } from './node.ts';
import { ReviveError, Reviver } from './revive.ts';
import { type DocumentPart, splitDocuments } from './split-documents.ts';
import { parseSyntax, YamlDepthError } from './syntax/parser.ts';
import { type Mark, YamlSyntaxError } from './syntax/syntax-error.ts';

export interface YamlOptions {
  /** The name that positions carry. */
  readonly file: string;
  /** The name that syntax errors show in place of `<unknown>`, GitLab's `(<unknown>): …`. */
  readonly shownAs?: string;
  /** Bytes of the text, and of the parsed data by estimate. GitLab's default is 2 MiB. */
  readonly maxBytes?: number;
  /** Levels of lists and maps. GitLab's default is 100. */
  readonly maxDepth?: number;
}

export interface ParsedDocuments {
  /** The documents that are not blank, in order. Each is free of cycles and within the limits, so walking it is safe. */
  readonly documents: readonly YamlNode[];
  readonly diagnostics: readonly YamlDiagnostic[];
}

const DEFAULT_MAX_BYTES = 2 * 1024 * 1024;
const DEFAULT_MAX_DEPTH = 100;
const TOO_BIG = 'The parsed YAML is too big';

/** Whether the text has more UTF-8 bytes than this. */
function exceedsBytes(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  if (text.length * 3 <= maxBytes) return false;
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) bytes += code >= 0x800 && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes > maxBytes;
}

/** Rails' `blank?` of a loaded document. */
function isBlank(node: YamlNode): boolean {
  switch (node.kind) {
    case 'scalar':
      return node.value === null || node.value === false || (typeof node.value === 'string' && node.text.trim() === '');
    case 'seq':
      return node.items.length === 0;
    case 'map':
      return node.entries.length === 0;
    case 'reference':
      return false;
  }
}

function locator(part: DocumentPart, file: string): (mark: Mark) => SourcePosition {
  return (mark) => ({
    file,
    line: part.line + mark.line + 1,
    column: (mark.line === 0 ? part.column : 0) + mark.column + 1,
  });
}

function parsePart(part: DocumentPart, options: YamlOptions): YamlNode | YamlDiagnostic | undefined {
  const positionOf = locator(part, options.file);
  try {
    const raw = parseSyntax(part.text);
    if (raw === undefined) return undefined;
    const root = new Reviver(positionOf).revive(raw);
    const limits = {
      maxSize: options.maxBytes ?? DEFAULT_MAX_BYTES,
      maxDepth: options.maxDepth ?? DEFAULT_MAX_DEPTH,
    };
    return fitsLimits(root, limits) ? root : { message: TOO_BIG, position: root.position };
  } catch (error) {
    if (error instanceof YamlSyntaxError) {
      const at = positionOf(error.contextMark);
      const message = `(${options.shownAs ?? '<unknown>'}): ${error.message} at line ${at.line} column ${at.column}`;
      return { message, position: positionOf(error.mark) };
    }
    if (error instanceof YamlDepthError) return { message: TOO_BIG, position: positionOf(error.mark) };
    if (error instanceof ReviveError) return { message: error.message, position: error.position };
    throw error;
  }
}

/**
 * Reads a file's documents as GitLab does with Ruby's Psych: cut at `---`, each part loaded by itself, blank documents
 * dropped. Never throws; a part that cannot be read gives one diagnostic. Lines and columns are those of the file
 * (GitLab counts syntax errors from the part's beginning).
 */
export function parseDocuments(text: string, options: YamlOptions): ParsedDocuments {
  if (exceedsBytes(text, options.maxBytes ?? DEFAULT_MAX_BYTES)) {
    const position = { file: options.file, line: 1, column: 1 };
    return { documents: [], diagnostics: [{ message: 'The provided YAML is too big', position }] };
  }
  const documents: YamlNode[] = [];
  const diagnostics: YamlDiagnostic[] = [];
  for (const part of splitDocuments(text)) {
    const result = parsePart(part, options);
    if (result === undefined) continue;
    if ('message' in result) diagnostics.push(result);
    else if (!isBlank(result)) documents.push(result);
  }
  return { documents, diagnostics };
}
