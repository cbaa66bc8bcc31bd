import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { Halt, messageReply } from './errors.ts';

/** 413 in the shape of GitLab's helpers. */
export const tooLarge = (): Halt => new Halt(messageReply(413, '413 Request Entity Too Large'));

/** What a reader of a body sees when the client leaves in the middle of it. */
export const brokenOff = (): Error => new Error('The client left before its request was complete');

/**
 * The bytes of an incoming message with the client's pace held back to the reader's. Destroying it leaves the message and its socket alone,
 * so that an answer can still be sent. Fails with 413 past `limit` bytes and when the client leaves in the middle.
 */
export class BodyStream extends Readable {
  private readonly raw: IncomingMessage;
  private readonly limit: number;
  private total = 0;
  private attached = false;

  constructor(raw: IncomingMessage, limit: number) {
    super();
    this.raw = raw;
    this.limit = limit;
  }

  override _read(): void {
    if (!this.attached) this.attach();
    this.raw.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.raw.off('data', this.onData).off('end', this.onEnd).off('error', this.onError).off('close', this.onClose);
    this.raw.pause();
    done(error);
  }

  private attach(): void {
    this.attached = true;
    if (this.raw.readableEnded) this.push(null);
    else if (this.raw.destroyed) this.destroy(brokenOff());
    else
      this.raw.on('data', this.onData).once('end', this.onEnd).once('error', this.onError).once('close', this.onClose);
  }

  private readonly onData = (chunk: Buffer): void => {
    this.total += chunk.length;
    if (this.total > this.limit) this.destroy(tooLarge());
    else if (!this.push(chunk)) this.raw.pause();
  };
  private readonly onEnd = (): void => {
    this.push(null);
  };
  private readonly onError = (): void => {
    this.destroy(brokenOff());
  };
  private readonly onClose = (): void => {
    if (!this.raw.readableEnded) this.destroy(brokenOff());
  };
}
