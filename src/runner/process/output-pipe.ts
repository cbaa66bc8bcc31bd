import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One real pipe for a child's stdout and stderr. */
export interface OutputPipe {
  /** Give it to the child as both streams, then call `release`. */
  readonly writer: number;
  /** Closes our copy of the writing end, so that the end of all writers is seen. */
  release(): void;
  /** Begins to read; calls back with each piece. */
  read(onBytes: (bytes: Buffer) => void): void;
  /** Settles when no process holds the writing end any more, or after `close`. */
  readonly ended: Promise<void>;
  /** Milliseconds (performance.now) of the last piece. */
  readonly lastBytesAt: () => number;
  /** Stops reading. */
  close(): void;
}

/**
 * Makes a pipe through a FIFO that is unlinked at once. Node's own `pipe` stdio is a socket, on which
 * `echo text > /dev/stderr` fails (ENXIO), and two sockets would lose the order of stdout and stderr.
 */
export const createOutputPipe = async (folder: string): Promise<OutputPipe> => {
  const path = join(folder, `output-${randomUUID()}`);
  await run('mkfifo', ['-m', '600', path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let writer: number;
  try {
    writer = openSync(path, constants.O_WRONLY);
  } catch (error) {
    closeSync(reader);
    throw error;
  } finally {
    unlinkSync(path);
  }
  return wrap(reader, writer);
};

const wrap = (reader: number, writer: number): OutputPipe => {
  const socket = new Socket({ fd: reader, readable: true, writable: false });
  const ended = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('error', () => resolve());
  });
  let lastBytesAt = performance.now();
  let isReleased = false;
  const release = (): void => {
    if (!isReleased) closeSync(writer);
    isReleased = true;
  };
  return {
    writer,
    release,
    read: (onBytes) => {
      socket.on('data', (bytes: Buffer) => {
        lastBytesAt = performance.now();
        onBytes(bytes);
      });
    },
    ended,
    lastBytesAt: () => lastBytesAt,
    close: () => {
      release();
      socket.destroy();
    },
  };
};
