import { type NewObject, newObject } from './new-objects.ts';
import { findObjectContent } from './objects.ts';
import type { Repository } from './repository.ts';
import { parseTree } from './tree.ts';

/** What a path holds in the edited tree. */
export type EditedEntry =
  | { readonly kind: 'file'; readonly mode: string; readonly sha: string }
  | { readonly kind: 'folder' };

interface Folder {
  readonly kind: 'folder';
  /** Undefined until something below it is looked at. */
  children: Map<string, Folder | File> | undefined;
  /** The tree it was read from; undefined once something below has changed. */
  sha: string | undefined;
}

interface File {
  readonly kind: 'file';
  readonly mode: string;
  readonly sha: string;
}

/** A commit's tree, changed in memory; reads only the folders that it comes by. Paths are checked by the caller (`findPathFault`). */
export class TreeEditor {
  readonly #repository: Repository;
  readonly #root: Folder;

  /** `treeSha` undefined: begins with nothing. */
  constructor(repository: Repository, treeSha: string | undefined) {
    this.#repository = repository;
    this.#root =
      treeSha === undefined
        ? { kind: 'folder', children: new Map(), sha: undefined }
        : { kind: 'folder', children: undefined, sha: treeSha };
  }

  /** What is at a path now, earlier changes included. */
  async find(path: string): Promise<EditedEntry | undefined> {
    let at: Folder | File = this.#root;
    for (const name of path.split('/')) {
      if (at.kind === 'file') return undefined;
      const next: Folder | File | undefined = (await this.#childrenOf(at)).get(name);
      if (next === undefined) return undefined;
      at = next;
    }
    return at.kind === 'file' ? at : { kind: 'folder' };
  }

  /** Whether a file stands where one of the path's folders would have to be. */
  async isBelowFile(path: string): Promise<boolean> {
    const segments = path.split('/');
    for (let depth = 1; depth < segments.length; depth++) {
      if ((await this.find(segments.slice(0, depth).join('/')))?.kind === 'file') return true;
    }
    return false;
  }

  /** Puts a file, with the folders it needs. */
  async put(path: string, mode: string, sha: string): Promise<void> {
    const segments = path.split('/');
    const name = segments.pop() ?? '';
    let folder = this.#root;
    const way = [folder];
    for (const segment of segments) {
      const children = await this.#childrenOf(folder);
      const next = children.get(segment);
      const child: Folder = next?.kind === 'folder' ? next : { kind: 'folder', children: new Map(), sha: undefined };
      children.set(segment, child);
      folder = child;
      way.push(folder);
    }
    (await this.#childrenOf(folder)).set(name, { kind: 'file', mode, sha });
    for (const changed of way) changed.sha = undefined;
  }

  /** Takes a file away, and the folders that it leaves empty. */
  async remove(path: string): Promise<void> {
    const segments = path.split('/');
    const name = segments.pop() ?? '';
    const way: { readonly folder: Folder; readonly children: Map<string, Folder | File>; readonly name: string }[] = [];
    let folder = this.#root;
    for (const segment of segments) {
      const children = await this.#childrenOf(folder);
      const next = children.get(segment);
      if (next?.kind !== 'folder') return;
      way.push({ folder, children, name: segment });
      folder = next;
    }
    const children = await this.#childrenOf(folder);
    children.delete(name);
    folder.sha = undefined;
    let empty = children.size === 0;
    for (const step of way.toReversed()) {
      if (empty) step.children.delete(step.name);
      step.folder.sha = undefined;
      empty = empty && step.children.size === 0;
    }
  }

  /** The tree objects to write, and the sha of the root. Unchanged folders keep theirs. */
  build(): { readonly treeSha: string; readonly objects: readonly NewObject[] } {
    const objects: NewObject[] = [];
    const build = (folder: Folder): string => {
      if (folder.sha !== undefined) return folder.sha;
      const entries = [...(folder.children ?? new Map<string, Folder | File>())].map(([name, entry]) => ({
        // Git sorts a folder as if its name ended in a slash.
        key: Buffer.from(entry.kind === 'folder' ? `${name}/` : name),
        line: Buffer.concat([
          Buffer.from(`${entry.kind === 'folder' ? '40000' : entry.mode} ${name}\0`),
          Buffer.from(entry.kind === 'folder' ? build(entry) : entry.sha, 'hex'),
        ]),
      }));
      entries.sort((one, other) => Buffer.compare(one.key, other.key));
      const object = newObject('tree', Buffer.concat(entries.map(({ line }) => line)));
      objects.push(object);
      folder.sha = object.sha;
      return object.sha;
    };
    return { treeSha: build(this.#root), objects };
  }

  async #childrenOf(folder: Folder): Promise<Map<string, Folder | File>> {
    if (folder.children !== undefined) return folder.children;
    const children = new Map<string, Folder | File>();
    const tree = folder.sha === undefined ? undefined : await findObjectContent(this.#repository, folder.sha);
    if (tree?.type !== 'tree') throw new Error('a folder of the commit is missing in the repository');
    for (const { path, mode, type, sha } of parseTree(tree.content)) {
      children.set(path, type === 'tree' ? { kind: 'folder', children: undefined, sha } : { kind: 'file', mode, sha });
    }
    folder.children = children;
    return children;
  }
}
