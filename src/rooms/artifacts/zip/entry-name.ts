/** Bytes; PATH_MAX. */
const MAX_PATH = 4096;

/**
 * The name of a zip entry as a path below the archive's top; undefined for one that is not: absolute, with a drive letter
 * or `..`, empty, too long, with NUL. Such entries are left out of the list, so nothing can ask for them. Leading and inner
 * `.` parts are dropped; a folder keeps its last slash.
 */
export function cleanEntryName(name: string): string | undefined {
  if (name.length > MAX_PATH || name.includes('\0') || !name.isWellFormed()) return undefined;
  if (name.startsWith('/') || /^[a-zA-Z]:/.test(name)) return undefined;
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..')) return undefined;
  return parts.join('/') + (name.endsWith('/') ? '/' : '');
}
