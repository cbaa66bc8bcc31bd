import type { TreeNode } from './zip/entry-list.ts';

/** Entities of GitLab's REST API. Pure. */

const TYPE = 0o170000;
const FILE = 0o100644;
const FOLDER = 0o040755;

/** A line of `…/artifacts/tree`: folders end in a slash and have no size; modes are octal. */
export function presentNode({ path, entry }: TreeNode) {
  const isFolder = path.endsWith('/');
  const name = path.slice(path.lastIndexOf('/', path.length - 2) + 1).replace(/\/$/, '');
  return {
    name,
    path,
    type: isFolder ? 'directory' : 'file',
    ...(!isFolder && { size: entry?.size ?? 0 }),
    mode: octal(entry?.mode ?? 0, isFolder ? FOLDER : FILE),
  };
}

/** What the archive does not say is filled in. */
function octal(mode: number, usual: number): string {
  const permissions = (mode & ~TYPE) === 0 ? usual & ~TYPE : mode & ~TYPE;
  const type = (mode & TYPE) === 0 ? usual & TYPE : mode & TYPE;
  return (type | permissions).toString(8).padStart(6, '0');
}
