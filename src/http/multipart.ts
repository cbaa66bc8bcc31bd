import type { Readable } from 'node:stream';
import { PassThrough } from 'node:stream';
import type { BusboyInstance } from '@fastify/busboy';
import { Busboy } from '@fastify/busboy';
import { badRequestText } from './bad-request-text.ts';
import { Halt, messageReply } from './errors.ts';
import type { StreamedFile } from './raw-params.ts';

/** A text field. A part is a file only when it has a file name, as in Rack; its content type does not matter. */
export interface MultipartField {
  readonly kind: 'field';
  readonly name: string;
  readonly value: string;
}

export type MultipartPart = MultipartField | (StreamedFile & { readonly kind: 'file' });

const MAX_PARTS = 4096;
const MAX_NAME_BYTES = 8192;

/**
 * The parts of a multipart body in order. A file's stream must be read (or is discarded) before the next part comes: nothing is buffered
 * beyond the streams' own marks. Throws plain `Bad Request` for a broken body, 413 for more than `fieldBytes` of text.
 * @param contentType the whole header with its boundary
 */
export async function* readMultipart(
  source: Readable,
  contentType: string,
  fieldBytes: number,
): AsyncGenerator<MultipartPart> {
  const queue = new PartQueue();
  const parser = createParser(contentType, fieldBytes);
  let textBytes = 0;
  parser.on('field', (name, value, nameTruncated, valueTruncated) => {
    textBytes += Buffer.byteLength(value) + name.length;
    if (valueTruncated || textBytes > fieldBytes)
      queue.fail(new Halt(messageReply(413, '413 Request Entity Too Large')));
    else if (nameTruncated || `${name}${value}`.includes('\0')) queue.fail(badRequestText());
    else queue.push({ kind: 'field', name, value });
  });
  parser.on('file', (field, stream, filename, _encoding, type) => {
    if (filename === '') stream.resume();
    else queue.push({ kind: 'file', field, filename, contentType: type, stream: handOver(stream) });
  });
  parser.on('partsLimit', () => queue.fail(badRequestText()));
  parser.on('error', () => queue.fail(badRequestText()));
  parser.on('finish', () => queue.end());
  source.on('error', (error) => queue.fail(error));
  source.pipe(parser);
  try {
    for (let part = await queue.next(); part !== undefined; part = await queue.next()) {
      yield part;
      if (part.kind === 'file') discard(part.stream);
    }
  } finally {
    source.unpipe(parser);
    source.destroy();
    queue.fail(badRequestText());
    parser.destroy();
  }
}

function createParser(contentType: string, fieldBytes: number): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      isPartAFile: (_name, _type, filename) => filename !== undefined,
      limits: { parts: MAX_PARTS, fieldNameSize: MAX_NAME_BYTES, fieldSize: fieldBytes },
    });
  } catch {
    throw badRequestText();
  }
}

/** A stream that can be dropped at any time without stopping the parser, and that fails in our words when the body breaks off. */
function handOver(source: Readable): Readable {
  const file = new PassThrough();
  source.on('error', () => file.destroy(badRequestText()));
  file.on('error', () => undefined).once('close', () => source.unpipe(file).resume());
  return source.pipe(file);
}

const discard = (stream: Readable): void => {
  if (!stream.readableEnded) stream.resume();
};

/** Hands parts from the parser's events to one reader. */
class PartQueue {
  private readonly parts: MultipartPart[] = [];
  private readonly files = new Set<Readable>();
  private ended = false;
  private failure: Error | undefined;
  private wake: () => void = () => undefined;

  push(part: MultipartPart): void {
    this.parts.push(part);
    if (part.kind === 'file') this.track(part.stream);
    this.wake();
  }

  end(): void {
    this.ended = true;
    this.wake();
  }

  fail(error: Error): void {
    this.failure ??= error;
    for (const file of this.files) file.destroy(error);
    this.wake();
  }

  private track(file: Readable): void {
    this.files.add(file);
    file.once('close', () => this.files.delete(file));
  }

  async next(): Promise<MultipartPart | undefined> {
    for (;;) {
      const part = this.parts.shift();
      if (this.failure !== undefined) throw this.failure;
      if (part !== undefined || this.ended) return part;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
