import { invalid } from '../../kit/errors.ts';
import { findPathFault, type NewObject, newObject, type TreeEditor } from '../../platform/git/index.ts';

interface OnFile {
  readonly path: string;
  /** The commit that the caller has seen as the last one to change the file. */
  readonly lastCommitId?: string;
}

/** One change of a commit that is made through the API. */
export type FileAction =
  | { readonly kind: 'create'; readonly path: string; readonly content: Buffer; readonly executable: boolean }
  | (OnFile & { readonly kind: 'update'; readonly content: Buffer; readonly executable?: boolean })
  /** Without content the file keeps its own. */
  | (OnFile & { readonly kind: 'move'; readonly previousPath: string; readonly content?: Buffer })
  | (OnFile & { readonly kind: 'delete' })
  | (OnFile & { readonly kind: 'chmod'; readonly executable: boolean });

const PLAIN = '100644';
const EXECUTABLE = '100755';
const MISSING = "A file with this name doesn't exist";

/** Throws 400 for a path that no file may have. */
const checkPath = (path: string): void => {
  const fault = findPathFault(path);
  if (fault === 'empty') throw invalid('You must provide a file path');
  if (fault === 'traversal') throw invalid('Path cannot include directory traversal');
  if (fault === 'invalid') throw invalid(`invalid path: '${path}'`);
};

/** Throws 400 when a new file cannot stand at this path. */
const checkFree = async (editor: TreeEditor, path: string): Promise<void> => {
  const there = await editor.find(path);
  if (there?.kind === 'folder') throw invalid('A directory with this name already exists');
  if (there !== undefined || (await editor.isBelowFile(path))) throw invalid('A file with this name already exists');
};

const getFile = async (editor: TreeEditor, path: string) => {
  const entry = await editor.find(path);
  // A submodule is no file.
  if (entry?.kind !== 'file' || entry.mode === '160000') throw invalid(MISSING);
  return entry;
};

/** Applies an action to the tree. Answers the blobs that it needs. Throws 400 with GitLab's text when it cannot be. */
export const applyFileAction = async (editor: TreeEditor, action: FileAction): Promise<readonly NewObject[]> => {
  checkPath(action.path);
  switch (action.kind) {
    case 'create': {
      await checkFree(editor, action.path);
      return put(editor, action.path, action.executable ? EXECUTABLE : PLAIN, action.content);
    }
    case 'update': {
      const { mode } = await getFile(editor, action.path);
      return put(editor, action.path, modeFor(mode, action.executable), action.content);
    }
    case 'move': {
      checkPath(action.previousPath);
      const { mode, sha } = await getFile(editor, action.previousPath);
      await editor.remove(action.previousPath);
      await checkFree(editor, action.path);
      if (action.content !== undefined) return put(editor, action.path, mode, action.content);
      await editor.put(action.path, mode, sha);
      return [];
    }
    case 'delete': {
      await getFile(editor, action.path);
      await editor.remove(action.path);
      return [];
    }
    case 'chmod': {
      const { mode, sha } = await getFile(editor, action.path);
      await editor.put(action.path, modeFor(mode, action.executable), sha);
      return [];
    }
  }
};

/** Only plain files can be made executable or not; a link stays one. */
const modeFor = (mode: string, executable: boolean | undefined): string =>
  executable === undefined || !mode.startsWith('100') ? mode : executable ? EXECUTABLE : PLAIN;

const put = async (editor: TreeEditor, path: string, mode: string, content: Buffer): Promise<readonly NewObject[]> => {
  const blob = newObject('blob', content);
  await editor.put(path, mode, blob.sha);
  return [blob];
};
