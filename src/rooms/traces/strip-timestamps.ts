/**
 * With FF_TIMESTAMPS (the official runner's default) each line of a log begins with 32 bytes: time, stream number, `O` or
 * `E`, and a blank (a new line) or `+` (the last line goes on).
 */
const HEADER = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[OE][ +]/;
const HEADER_LENGTH = 32;

/**
 * The lines as the job wrote them, without such headers, continued lines joined. Whether a log has headers is told by its
 * first line, as in GitLab; here `lines` may be any run of whole lines of it.
 */
export function stripTimestamps(lines: readonly string[]): readonly string[] {
  if (!HEADER.test(lines[0] ?? '')) return lines;
  const joined: string[] = [];
  for (const line of lines) {
    const hasHeader = HEADER.test(line);
    const text = hasHeader ? line.slice(HEADER_LENGTH) : line;
    const last = joined.pop();
    if (hasHeader && line[HEADER_LENGTH - 1] === '+' && last !== undefined) joined.push(last + text);
    else joined.push(...(last === undefined ? [] : [last]), text);
  }
  return joined;
}
