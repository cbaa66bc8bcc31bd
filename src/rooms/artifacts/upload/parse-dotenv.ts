import { invalid } from '../../../kit/errors.ts';

export interface DotenvVariable {
  readonly key: string;
  readonly value: string;
}

/** GitLab's limits of a self-managed instance. */
const MAX_VARIABLES = 20;
const MAX_KEY = 255;
const KEY = /^[A-Za-z0-9_]+$/;

/**
 * The files of a dotenv report: `KEY=VALUE` a line, split at the first `=`, both sides trimmed, no quotes, no comments, no
 * blank lines. Of a key that comes twice the last value counts. UTF-8, or UTF-16 (little-endian) by its mark. Throws 400
 * with GitLab's words.
 */
export function parseDotenv(files: readonly Buffer[]): readonly DotenvVariable[] {
  const variables = new Map<string, string>();
  for (const file of files) {
    for (const line of linesOf(decode(file))) {
      const { key, value } = parseLine(line);
      variables.set(key, value);
    }
  }
  if (variables.size > MAX_VARIABLES) {
    throw invalid(`Dotenv files cannot have more than ${MAX_VARIABLES} variables`);
  }
  return [...variables].map(([key, value]) => ({ key, value }));
}

function parseLine(line: string): DotenvVariable {
  const split = line.indexOf('=');
  if (split < 0 || line.includes('\0')) throw invalid('Invalid Format');
  const key = line.slice(0, split).trim();
  if (key === '') throw invalid("Validation failed: Key can't be blank");
  if (key.length > MAX_KEY) throw invalid(`Validation failed: Key is too long (maximum is ${MAX_KEY} characters)`);
  if (!KEY.test(key)) throw invalid("Validation failed: Key can contain only letters, digits and '_'.");
  return { key, value: line.slice(split + 1).trim() };
}

/** The last newline ends a line and begins none. */
const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split('\n'));

function decode(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('Invalid Format');
  }
}
