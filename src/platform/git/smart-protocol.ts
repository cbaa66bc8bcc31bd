import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { type Duplex, PassThrough, type Readable } from 'node:stream';
import type { Repository } from './repository.ts';
import { GitError, spawnGit } from './run-git.ts';

/** The two halves of git's smart HTTP protocol. */
export type PackService = 'git-upload-pack' | 'git-receive-pack';

/** A ref that a push wants to move, or has moved. 40 zeros: not there before, or not any more. */
export interface PushedRef {
  readonly ref: string;
  readonly old: string;
  readonly new: string;
}

/** What a push is about to do. Its objects are complete and checked, but in quarantine. */
export interface PushProposal {
  readonly updates: readonly PushedRef[];
  readonly pushOptions: readonly string[];
  /** Lets git (`isAncestor`) see the objects in quarantine. */
  readonly quarantine: Readonly<Record<string, string>>;
}

export interface ReceivePackResult {
  /** Whether the push came as far as asking `decide`, and was allowed. */
  readonly allowed: boolean;
  /** What git says has moved; undefined when it ended without saying (killed, out of space): compare the refs. */
  readonly moved: readonly PushedRef[] | undefined;
}

/** Bytes of "old new ref" lines of one push. */
const MAX_LIST_BYTES = 8 * 1024 * 1024;
const HOOKS = join(import.meta.dirname, 'hooks');
/** Only the value that git's clients send; it becomes an environment variable. */
const PROTOCOL = /^version=[0-9]$/;

const protocolEnvironment = (protocol: string | undefined): Record<string, string> =>
  protocol !== undefined && PROTOCOL.test(protocol) ? { GIT_PROTOCOL: protocol } : {};

const subcommandOf = (service: PackService): string => service.slice('git-'.length);

const packetLine = (text: string): string => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;

/** Git's output as a stream that fails when git does, and that stops git when nobody wants it any more. */
const outputOf = (child: ChildProcess, service: string): PassThrough => {
  const out = new PassThrough();
  let stderr = '';
  let spoke = false;
  child.stdout?.once('data', () => {
    spoke = true;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    if (stderr.length < 4096) stderr += chunk.toString('utf8');
  });
  child.stdout?.pipe(out, { end: false });
  child.stdin?.on('error', () => undefined);
  child.on('error', (error) => out.destroy(error));
  child.on('close', (code) => {
    // Git that refuses says why in its answer and then ends with 128.
    if (code === 0 || spoke) out.end();
    else out.destroy(new GitError(service, code, stderr));
  });
  return out;
};

/** The body of `GET …/info/refs?service=…`. `protocol`: the `Git-Protocol` header. */
export const advertiseRefs = (repository: Repository, service: PackService, protocol: string | undefined): Readable => {
  // Pushing knows only the first version.
  const asked = service === 'git-receive-pack' ? undefined : protocol;
  const environment = protocolEnvironment(asked);
  const child = spawnGit(
    repository.path,
    [subcommandOf(service), '--stateless-rpc', '--advertise-refs', repository.path],
    { environment },
  );
  child.stdin?.end();
  const out = outputOf(child, service);
  out.on('close', () => child.kill());
  if (environment['GIT_PROTOCOL'] !== 'version=2') out.write(`${packetLine(`# service=${service}\n`)}0000`);
  return out;
};

/** The body of `POST …/git-upload-pack`: what a fetch or clone asked for in `input`. */
export const uploadPack = (repository: Repository, input: Readable, protocol: string | undefined): Readable => {
  const child = spawnGit(repository.path, ['upload-pack', '--stateless-rpc', repository.path], {
    environment: protocolEnvironment(protocol),
  });
  const out = outputOf(child, 'upload-pack');
  out.on('close', () => child.kill());
  feed(child, input);
  return out;
};

const feed = (child: ChildProcess, input: Readable): void => {
  // A client that leaves in the middle: git must see a broken end and not a short one, so it is stopped.
  input.on('error', () => child.kill());
  input.on('close', () => {
    if (!input.readableEnded) child.kill();
  });
  if (child.stdin !== null) input.pipe(child.stdin);
};

/**
 * The body of `POST …/git-receive-pack`: a push. Before refs move, `decide` is asked; a text that it answers refuses the whole push and
 * is shown to the person who pushes. From there on git is not stopped any more, also when the client leaves.
 * Should this process die before `decide` has answered, nothing moves. `done` resolves when git has ended.
 */
export const receivePack = async (
  repository: Repository,
  input: Readable,
  decide: (proposal: PushProposal) => Promise<string | undefined>,
): Promise<{ readonly output: Readable; readonly done: Promise<ReceivePackResult> }> => {
  // Git silently skips a hook that it may not execute. Then nobody would be asked.
  await access(join(HOOKS, 'pre-receive'), constants.X_OK);
  const child = spawnGit(repository.path, ['receive-pack', '--stateless-rpc', repository.path], {
    settings: [['core.hooksPath', HOOKS]],
    socket: true,
  });
  const out = outputOf(child, 'receive-pack');
  const hooks = listenToHooks(child, repository, decide);
  out.on('close', () => {
    if (!hooks.allowed()) child.kill();
    child.stdout?.resume();
  });
  const done = new Promise<ReceivePackResult>((resolve) => {
    child.on('error', () => resolve({ allowed: false, moved: undefined }));
    child.on('close', () => resolve({ allowed: hooks.allowed(), moved: hooks.moved() }));
  });
  input.on('error', () => hooks.allowed() || child.kill());
  input.on('close', () => input.readableEnded || hooks.allowed() || child.kill());
  if (child.stdin !== null) input.pipe(child.stdin);
  return { output: out, done };
};

const isDuplex = (stream: unknown): stream is Duplex =>
  typeof stream === 'object' && stream !== null && 'write' in stream && 'on' in stream && 'read' in stream;

/** The far end of the socket that `hooks/pre-receive` and `hooks/post-receive` speak on. */
const listenToHooks = (
  child: ChildProcess,
  repository: Repository,
  decide: (proposal: PushProposal) => Promise<string | undefined>,
): { readonly allowed: () => boolean; readonly moved: () => readonly PushedRef[] | undefined } => {
  const socket = child.stdio[3];
  if (!isDuplex(socket)) throw new Error('the hooks have no socket');
  let allowed = false;
  let moved: readonly PushedRef[] | undefined;
  let asked = false;
  const answer = (proposal: PushProposal): void => {
    asked = true;
    decide(proposal).then(
      (refusal) => {
        allowed = refusal === undefined;
        socket.write(`${refusal?.replaceAll('\n', ' ') ?? 'ok'}\n`);
      },
      () => socket.write('GitLab: Internal API unreachable\n'),
    );
  };
  const records: string[] = [];
  let unended: Buffer = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    // Refused: the rest of the list flows away.
    if (asked && !allowed) return;
    unended = Buffer.concat([unended, chunk]);
    if (unended.length > MAX_LIST_BYTES && !asked) {
      asked = true;
      socket.write('The push moves too many refs at once.\n');
      return;
    }
    for (let end = unended.indexOf(0); end >= 0; end = unended.indexOf(0)) {
      records.push(unended.toString('utf8', 0, end));
      unended = unended.subarray(end + 1);
    }
    const [kind, ...rest] = records;
    if (!asked && kind === 'pre-receive' && rest.length > 1) {
      const lines = rest[2 + Number(rest[1])];
      if (lines === undefined) return;
      records.length = 0;
      const [folder = ''] = rest;
      answer({
        updates: updatesOf(lines),
        pushOptions: rest.slice(2, -1),
        quarantine: quarantineOf(repository, folder),
      });
    } else if (kind === 'post-receive' && rest[0] !== undefined) moved = updatesOf(rest[0]);
  });
  return { allowed: () => allowed, moved: () => moved };
};

const updatesOf = (lines: string): readonly PushedRef[] =>
  lines
    .split('\n')
    .filter(Boolean)
    .map((line) => ({ old: line.slice(0, 40), new: line.slice(41, 81), ref: line.slice(82) }));

const quarantineOf = (repository: Repository, folder: string): Record<string, string> => {
  const objects = join(repository.path, 'objects');
  return folder === ''
    ? {}
    : { GIT_OBJECT_DIRECTORY: folder, GIT_ALTERNATE_OBJECT_DIRECTORIES: objects, GIT_QUARANTINE_PATH: folder };
};
