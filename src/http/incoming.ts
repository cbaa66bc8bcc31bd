import type { IncomingMessage } from 'node:http';
import { badRequestText } from './bad-request-text.ts';
import { Halt, messageReply } from './errors.ts';

/** A request as the server hands it to the dispatcher: framework-free. */
export interface Incoming {
  readonly raw: IncomingMessage;
  /** The request target as Node gives it: bytes as Latin-1. */
  readonly target: string;
  readonly method: string;
  readonly ip: string;
  readonly protocol: string;
  /** The `Host` header, or its forwarded form where proxies are trusted. */
  readonly host: string;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  readonly requestId: string;
  readonly signal: AbortSignal;
  readonly clientGone: AbortSignal;
}

export interface Target {
  readonly path: string;
  readonly query: string;
}

/** Longer addresses are answered 414. Bytes. */
const MAX_TARGET = 32 * 1024;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Path and query of a request target, raw UTF-8 allowed as some clients send it. Throws 414, or `Bad Request` for other bytes. */
export function parseTarget(target: string): Target {
  if (target.length > MAX_TARGET) throw new Halt(messageReply(414, '414 Request-URI Too Large'));
  const text = decode(target).replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/iu, '');
  const [beforeFragment = ''] = text.split('#', 1);
  const mark = beforeFragment.indexOf('?');
  const path = mark < 0 ? beforeFragment : beforeFragment.slice(0, mark);
  return { path: path === '' ? '/' : path, query: mark < 0 ? '' : beforeFragment.slice(mark + 1) };
}

function decode(latin1: string): string {
  try {
    return decoder.decode(Buffer.from(latin1, 'latin1'));
  } catch {
    throw badRequestText();
  }
}

/** `path` below `root` (`/gitlab`, or empty); undefined when it is not below. */
export function belowRoot(path: string, root: string): string | undefined {
  if (root === '') return path;
  if (path === root) return '/';
  return path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
}

/** One string a header, names in lower case. */
export const headersOf = (raw: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(raw.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')] as const],
    ),
  );
