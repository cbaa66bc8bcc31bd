/**
 * A path in an archive as clients ask for it: `dir/file.txt`, a folder with or without its last slash, `''` for the top.
 * Undefined for one that leads out of the archive or names nothing: absolute, with `..`, `.`, empty parts or NUL, also
 * with backslashes.
 */
export function cleanArtifactPath(path: string): string | undefined {
  const trimmed = path.replace(/\/$/, '');
  if (trimmed === '') return path === '' ? '' : undefined;
  if (trimmed.includes('\0') || !trimmed.isWellFormed()) return undefined;
  const parts = trimmed.split(/[/\\]/);
  return parts.some((part) => part === '' || part === '.' || part === '..') ? undefined : trimmed;
}
