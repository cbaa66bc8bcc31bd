import { isIPv4 } from 'node:net';
import { Refusal } from './outcome.ts';

const MAX_URL_LENGTH = 8192;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Written by the connection itself: a second one would smuggle another request, or a host that was not checked. */
export const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The address of a hop. Refused: anything but http and https, a user or password, white space and control characters
 * (which the URL parser would silently drop), and IPv4 addresses in disguise (decimal, octal, hexadecimal, shortened,
 * or digits of other scripts). `base`: of a redirect. Throws `Refusal`.
 */
export const readUrl = (text: string, base?: URL): URL => {
  if (text.length > MAX_URL_LENGTH) throw new Refusal(`URI is too long (maximum is ${MAX_URL_LENGTH} characters)`);
  if (/[\u0000-\u0020\u007f-\u00a0\u2028\u2029\ufeff]/.test(text)) throw new Refusal('URI is invalid');
  const url = URL.parse(text, base?.href);
  if (url === null) throw new Refusal('URI is invalid');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Refusal('Only allowed schemes are http, https');
  }
  if (url.username !== '' || url.password !== '') throw new Refusal('A user or password in the URI is not allowed');
  if (url.port === '0') throw new Refusal('Port 0 is not allowed');
  const isRelative = base !== undefined && url.host === base.host;
  if (isIPv4(url.hostname) && !isRelative && !text.includes(url.hostname)) {
    throw new Refusal('An IP address must be written as four decimal numbers');
  }
  return url;
};

/** The headers with their names in lower case. Throws `Refusal` for CR, LF and the like, and for names that are ours. */
export const readHeaders = (headers: Readonly<Record<string, string>>): ReadonlyMap<string, string> => {
  const read = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    // The name may be hostile, so it is not repeated.
    if (!TOKEN.test(name)) throw new Refusal('The name of a header holds characters that are not allowed');
    if (/[^\t\u0020-\u007e\u0080-\u00ff]/.test(value)) {
      throw new Refusal(`The value of the header ${name} holds characters that are not allowed`);
    }
    if (CONNECTION_HEADERS.has(key)) throw new Refusal(`The header ${name} cannot be set`);
    if (read.has(key)) throw new Refusal(`The header ${name} is given twice`);
    read.set(key, value);
  }
  return read;
};
