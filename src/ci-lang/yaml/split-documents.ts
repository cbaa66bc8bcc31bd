/** One part of a file, with its place in it (0-based). */
export interface DocumentPart {
  readonly text: string;
  readonly line: number;
  /** Column of the part's first character on its first line. */
  readonly column: number;
}

const MAX_PARTS = 3;

/**
 * Cuts a file at GitLab's own divider, before any YAML is read: `---` at the beginning of a line with the whitespace
 * after it, which takes following blank lines *and the indentation of the next line* along. At most three parts, so a
 * third divider stays inside the last part. `---` as the very last bytes and `---foo` divide nothing.
 */
export function splitDocuments(text: string): readonly DocumentPart[] {
  const divider = /(?<=^|\n)---[ \t\r\n\f\v]+/g;
  const parts: DocumentPart[] = [];
  let start = 0;
  let line = 0;
  let column = 0;
  for (let match = divider.exec(text); match !== null && parts.length < MAX_PARTS - 1; match = divider.exec(text)) {
    parts.push({ text: text.slice(start, match.index), line, column });
    const end = match.index + match[0].length;
    for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) line += 1;
    start = end;
    column = end - (text.lastIndexOf('\n', end - 1) + 1);
  }
  parts.push({ text: text.slice(start), line, column });
  return parts;
}
