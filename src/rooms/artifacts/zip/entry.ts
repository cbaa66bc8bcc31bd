/** One file or folder of an archive, as the list made at its upload has it. */
export interface ZipEntry {
  /** With slashes, relative, without `.` and `..`; a folder's ends in a slash. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes in the archive. */
  readonly compressedSize: number;
  /** ZIP's number: 0 stored, 8 deflated, 93 zstd. */
  readonly method: number;
  /** Of its local header in the archive. */
  readonly offset: number;
  /** Unix mode with the file's type; 0 when the archive does not say. */
  readonly mode: number;
  readonly encrypted: boolean;
}

export const isFolder = (entry: Pick<ZipEntry, 'path'>): boolean => entry.path.endsWith('/');

/** One line of the list. */
export const entryLine = (entry: ZipEntry): string =>
  `${JSON.stringify([entry.path, entry.size, entry.compressedSize, entry.method, entry.offset, entry.mode, entry.encrypted])}\n`;

/** What every line of that path begins with: tells most lines apart without parsing them. */
export const lineStart = (path: string): string => `[${JSON.stringify(path)},`;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** Reads a line of the list. Throws when it is none. */
export function parseEntryLine(line: string): ZipEntry {
  const value: unknown = JSON.parse(line);
  if (Array.isArray(value)) {
    const [path, size, compressedSize, method, offset, mode, encrypted] = value as readonly unknown[];
    const numbers = [size, compressedSize, method, offset, mode];
    if (typeof path === 'string' && typeof encrypted === 'boolean' && numbers.every(isCount)) {
      return {
        path,
        size: Number(size),
        compressedSize: Number(compressedSize),
        method: Number(method),
        offset: Number(offset),
        mode: Number(mode),
        encrypted,
      };
    }
  }
  throw new Error('not a line of an archive list');
}
