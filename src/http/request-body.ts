import type { IncomingMessage } from 'node:http';
import { BodyStream, tooLarge } from './body-stream.ts';
import { errorReply, Halt, messageReply } from './errors.ts';
import { readMultipart } from './multipart.ts';
import { nestParams } from './rack-params.ts';
import type { RawParams, StreamedFile } from './raw-params.ts';
import type { RequestBody } from './request.ts';

/** Text fields of a multipart body whose files are streamed may have this many bytes together. */
const STREAMED_FIELD_BYTES = 1024 * 1024;

/** The body of an incoming message. `limit`: bytes, for all ways of reading; undefined: none. `idleMs`: how long `bytes` waits for the next piece. */
export function requestBody(raw: IncomingMessage, limit: number | undefined, idleMs: number): RequestBody {
  const contentType = mediaType(raw.headers['content-type']);
  const length = raw.headers['content-length'] === undefined ? undefined : Number(raw.headers['content-length']);
  const most = limit ?? Infinity;
  let seen: RawParams = nestParams([]);
  const stream = (atMost: number): BodyStream => {
    if (length !== undefined && length > atMost) throw tooLarge();
    return new BodyStream(raw, atMost);
  };

  async function* files(): AsyncGenerator<StreamedFile> {
    if (contentType !== 'multipart/form-data') throw new Halt(errorReply(400, 'file is invalid'));
    const pairs: (readonly [string, string])[] = [];
    for await (const part of readMultipart(stream(most), raw.headers['content-type'] ?? '', STREAMED_FIELD_BYTES)) {
      if (part.kind === 'field') pairs.push([part.name, part.value]);
      seen = nestParams(pairs);
      if (part.kind === 'file') yield part;
    }
  }

  return {
    contentType,
    length,
    stream: () => stream(most),
    files,
    fields: () => seen,
    bytes: (atMost) => collect(stream(Math.min(atMost, most)), idleMs),
  };
}

/** `multipart/form-data; boundary=x` → `multipart/form-data`; undefined for a missing or empty header. */
export function mediaType(header: string | undefined): string | undefined {
  const type = header?.split(/[;,]/u)[0]?.trim().toLowerCase();
  return type === '' ? undefined : type;
}

/** Everything in memory. Throws 408 when the client pauses longer than `idleMs`. */
async function collect(body: BodyStream, idleMs: number): Promise<Uint8Array> {
  const timer = setTimeout(() => body.destroy(new Halt(messageReply(408, '408 Request Timeout'))), idleMs);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of body) {
      timer.refresh();
      if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
}
