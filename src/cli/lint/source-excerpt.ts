import type { Diagnostic } from '../../ci-lang/index.ts';

/** Columns of a terminal that a line of a file may take. */
const MOST_COLUMNS = 100;

/** The line that a diagnostic is about with a caret below its column; nothing when the text is not known. */
export const sourceExcerpt = ({ line, column }: Diagnostic, text: string | undefined): readonly string[] => {
  const written = line === undefined ? undefined : text?.split(/\r\n|\n|\r/)[line - 1];
  if (written === undefined || written.trim() === '') return [];
  const number = String(line);
  const at = Math.min(Math.max((column ?? 1) - 1, 0), written.length);
  // Long lines are cut around the place.
  const from = at < MOST_COLUMNS ? 0 : at - MOST_COLUMNS / 2;
  const shown = written.slice(from, from + MOST_COLUMNS);
  // Tabs stay, so that the caret stands where it should.
  const before = written.slice(from, at).replace(/[^\t]/g, ' ');
  return [`  ${number} | ${shown}`, `  ${' '.repeat(number.length)} | ${before}^`];
};
