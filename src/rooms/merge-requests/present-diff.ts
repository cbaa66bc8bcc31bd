import type { FileDiff } from '../../platform/git/index.ts';

/** GitLab's `Diff`. Pure. */
export const presentDiff = (file: FileDiff, options: { readonly unidiff?: boolean | undefined } = {}) => ({
  diff: options.unidiff === true && file.patch !== '' ? `${headOf(file)}${file.patch}` : file.patch,
  collapsed: false,
  too_large: file.tooLarge,
  new_path: file.newPath,
  old_path: file.oldPath,
  a_mode: file.oldMode,
  b_mode: file.newMode,
  new_file: file.status === 'added',
  renamed_file: file.status === 'renamed',
  deleted_file: file.status === 'deleted',
  generated_file: false,
});

const headOf = ({ status, oldPath, newPath }: FileDiff): string => {
  const from = status === 'added' ? '/dev/null' : `a/${oldPath}`;
  const to = status === 'deleted' ? '/dev/null' : `b/${newPath}`;
  return `--- ${from}\n+++ ${to}\n`;
};
