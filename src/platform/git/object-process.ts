import type { ChildProcess } from 'node:child_process';
import { holdProcess, type KeptProcess, type KeptProcessEvents } from './kept-process.ts';
import { spawnGit } from './run-git.ts';

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

/** What git says about an object; `content` only from a process that was asked for it. */
export interface ObjectAnswer {
  readonly sha: string;
  readonly type: ObjectType;
  /** Bytes. */
  readonly size: number;
  readonly content: Buffer;
}

interface Question {
  readonly resolve: (answer: ObjectAnswer | undefined) => void;
  readonly reject: (error: Error) => void;
}

const HEADER = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d+)$/;

const isObjectType = (text: string | undefined): text is ObjectType =>
  text === 'blob' || text === 'tree' || text === 'commit' || text === 'tag';

/**
 * One `git cat-file --batch` (with contents) or `--batch-check` (without), kept open: an answer takes about 0.1 ms, a
 * spawn 2 ms. Answers come in the order of the questions. It sees refs and objects that other processes write.
 */
export class ObjectProcess implements KeptProcess {
  readonly #child: ChildProcess;
  readonly #withContent: boolean;
  readonly #questions: Question[] = [];
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** The answer whose content is being read, and how many bytes are needed before it is complete. */
  #header: Omit<ObjectAnswer, 'content'> | undefined;
  #closed = false;
  readonly #onIdle: () => void;

  constructor(gitDir: string, withContent: boolean, events: KeptProcessEvents) {
    this.#withContent = withContent;
    this.#onIdle = events.onIdle;
    this.#child = spawnGit(gitDir, ['cat-file', withContent ? '--batch' : '--batch-check']);
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#child.stderr?.resume();
    this.#child.stdin?.on('error', () => undefined);
    const end = (error: Error): void => {
      this.#closed = true;
      for (const question of this.#questions.splice(0)) question.reject(error);
      events.onEnd();
    };
    this.#child.on('error', end);
    this.#child.on('close', () => end(new Error('git cat-file has ended')));
    holdProcess(this.#child, false);
  }

  get busy(): boolean {
    return this.#questions.length > 0;
  }

  /** `name` is one line: a sha, a checked revision, `<sha>:<path>`. Undefined when there is no such object. */
  ask(name: string): Promise<ObjectAnswer | undefined> {
    if (name.includes('\n') || name.includes('\0')) return Promise.resolve(undefined);
    if (this.#closed) return Promise.reject(new Error('git cat-file has ended'));
    return new Promise((resolve, reject) => {
      if (!this.busy) holdProcess(this.#child, true);
      this.#questions.push({ resolve, reject });
      this.#child.stdin?.write(`${name}\n`);
    });
  }

  /** Git ends when its input does. */
  close(): void {
    this.#closed = true;
    this.#child.stdin?.end();
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    for (;;) {
      if (this.#header === undefined && !this.#readHeader()) break;
      if (this.#header !== undefined && !this.#readContent(this.#header)) break;
    }
  }

  #joined(): Buffer {
    const [first] = this.#chunks;
    const all = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }

  #keep(rest: Buffer): void {
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#buffered = rest.length;
  }

  #readHeader(): boolean {
    if (this.#buffered === 0) return false;
    const buffer = this.#joined();
    const end = buffer.indexOf(10);
    if (end < 0) return false;
    const match = HEADER.exec(buffer.toString('utf8', 0, end));
    this.#keep(buffer.subarray(end + 1));
    const [, sha, type, size] = match ?? [];
    // `<name> missing`, `<name> ambiguous`
    if (sha === undefined || !isObjectType(type)) this.#answer(undefined);
    else if (this.#withContent) this.#header = { sha, type, size: Number(size) };
    else this.#answer({ sha, type, size: Number(size), content: Buffer.alloc(0) });
    return true;
  }

  #readContent(header: Omit<ObjectAnswer, 'content'>): boolean {
    if (this.#buffered < header.size + 1) return false;
    const buffer = this.#joined();
    this.#header = undefined;
    this.#keep(buffer.subarray(header.size + 1));
    this.#answer({ ...header, content: buffer.subarray(0, header.size) });
    return true;
  }

  #answer(answer: ObjectAnswer | undefined): void {
    this.#questions.shift()?.resolve(answer);
    if (!this.busy) {
      holdProcess(this.#child, false);
      this.#onIdle();
    }
  }
}
