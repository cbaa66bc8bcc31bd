import type { IncomingMessage } from 'node:http';
import { Halt, messageReply } from './errors.ts';

/** A request as the server hands it to the dispatcher: framework-free. */
export interface Incoming {
  readonly raw: IncomingMessage;
  /** The request target: ASCII, since Node's parser refuses anything else with 400. */
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

/** Path and query of a request target, in its absolute form too. Throws 414. */
export function parseTarget(target: string): Target {
  if (target.length > MAX_TARGET) throw new Halt(messageReply(414, '414 Request-URI Too Large'));
  const text = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/iu, '');
  const [beforeFragment = ''] = text.split('#', 1);
  const mark = beforeFragment.indexOf('?');
  const path = mark < 0 ? beforeFragment : beforeFragment.slice(0, mark);
  return { path: path === '' ? '/' : path, query: mark < 0 ? '' : beforeFragment.slice(mark + 1) };
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
