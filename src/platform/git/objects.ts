import { PassThrough, type Readable } from 'node:stream';
import { isReadablePath } from './file-path.ts';
import type { ObjectAnswer } from './object-process.ts';
import { isRevision, isSha } from './ref-name.ts';
import type { Repository } from './repository.ts';
import { GitError, spawnGit } from './run-git.ts';

/** Type and size of an object, without its content. */
export type ObjectInfo = Omit<ObjectAnswer, 'content'>;

const ask = async (repository: Repository, name: string, withContent: boolean): Promise<ObjectAnswer | undefined> => {
  for (let attempt = 0; ; attempt++) {
    const process = await repository.processes.objects(repository.path, withContent);
    try {
      return await process.ask(name);
    } catch (error) {
      // A process that was closed or killed meanwhile: a new one knows the answer.
      if (attempt >= 4) throw error;
    }
  }
};

/** What a checked name leads to. */
export const findObject = (repository: Repository, name: string): Promise<ObjectInfo | undefined> =>
  ask(repository, name, false);

/** An object with its content, whole in memory: ask `findObject` for the size first where it may be large. */
export const findObjectContent = (repository: Repository, name: string): Promise<ObjectAnswer | undefined> =>
  ask(repository, name, true);

/** The sha of the commit that a revision (sha, short sha, ref, `HEAD`, with `~2` or `^`) leads to. */
export const findCommitSha = async (repository: Repository, revision: string): Promise<string | undefined> => {
  if (!isRevision(revision)) return undefined;
  const found = await findObject(repository, `${revision}^{commit}`);
  return found?.sha;
};

/** A path in a commit: a file, a folder, a link (a blob) or a submodule (`undefined`, as for what is not there). */
export const findAtPath = async (
  repository: Repository,
  commitSha: string,
  path: string,
): Promise<ObjectInfo | undefined> => {
  if (!isSha(commitSha) || !isReadablePath(path)) return undefined;
  return findObject(repository, `${commitSha}:${path}`);
};

/** A file's content at a commit; undefined when there is none, it is a folder, or larger than `maxBytes`. */
export const findFileContent = async (
  repository: Repository,
  commitSha: string,
  path: string,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<Buffer | undefined> => {
  const info = await findAtPath(repository, commitSha, path);
  if (info?.type !== 'blob' || info.size > maxBytes) return undefined;
  const answer = await findObjectContent(repository, info.sha);
  return answer?.content;
};

/** A blob as a stream, for those too large to hold. It fails when git does, and never just ends early. */
export const streamBlob = (repository: Repository, sha: string): Readable => {
  if (!isSha(sha)) throw new Error('not a sha');
  const child = spawnGit(repository.path, ['cat-file', 'blob', sha]);
  const out = new PassThrough();
  child.stdin?.end();
  child.stderr?.resume();
  child.stdout?.pipe(out, { end: false });
  child.on('error', (error) => out.destroy(error));
  child.on('close', (code) => (code === 0 ? out.end() : out.destroy(new GitError('cat-file', code, ''))));
  out.on('close', () => child.kill());
  return out;
};
