import type { HookSettings } from './hook.ts';

type Addressed = Pick<HookSettings, 'url' | 'urlVariables'>;

/** `{name}`; other braces stand for themselves. */
const REFERENCE = /\{([A-Za-z]+[0-9]*(?:[._-][A-Za-z0-9]+)*)\}/g;
const AUTHORITY = /^(https?:\/\/)([^/?#\\]*)(.*)$/is;

/** The names of the variables in an address. */
const variablesIn = (url: string): readonly string[] => [...url.matchAll(REFERENCE)].map(([, name = '']) => name);

/** The address with the values of its variables; undefined: one of them has none. Secret. */
export const fullAddress = ({ url, urlVariables }: Addressed): string | undefined =>
  variablesIn(url).every((name) => Object.hasOwn(urlVariables, name))
    ? url.replaceAll(REFERENCE, (_reference, name: string) => urlVariables[name] ?? '')
    : undefined;

/** Where a hook's requests go. */
export interface HookTarget {
  /** Without user and password. */
  readonly url: string;
  /** The header that they become. */
  readonly authorization: string | undefined;
}

/** Undefined: a variable of the address has no value. Secret. */
export const targetOf = (hook: Addressed): HookTarget | undefined => {
  const address = fullAddress(hook);
  if (address === undefined) return undefined;
  const [, scheme = '', authority = '', rest = ''] = AUTHORITY.exec(address) ?? [];
  const at = authority.lastIndexOf('@');
  const parsed = at === -1 ? null : URL.parse(address);
  if (parsed === null) return { url: address, authorization: undefined };
  // What the parser has percent-encoded.
  const user = `${decodeURIComponentSafely(parsed.username)}:${decodeURIComponentSafely(parsed.password)}`;
  return {
    url: `${scheme}${authority.slice(at + 1)}${rest}`,
    authorization: `Basic ${Buffer.from(user, 'utf8').toString('base64')}`,
  };
};

const decodeURIComponentSafely = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
