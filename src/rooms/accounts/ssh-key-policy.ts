import { createHash } from 'node:crypto';

/** A public key taken apart, without its comment. */
export interface ParsedSshKey {
  /** `<algorithm> <base64>`, as it is stored. */
  readonly key: string;
  /** `aa:bb:…` (MD5) */
  readonly fingerprint: string;
  /** Base64 without padding; clients put `SHA256:` before it. */
  readonly fingerprintSha256: string;
}

const MAX_LENGTH = 5000;
/** Algorithm → how many fields follow its name in the blob, and how many bytes the last of them has at least. */
const ALGORITHMS: Readonly<Record<string, { readonly fields: number; readonly minimum: number }>> = {
  'ssh-ed25519': { fields: 1, minimum: 32 },
  // The modulus. GitLab takes 1024 bits and more.
  'ssh-rsa': { fields: 2, minimum: 128 },
  'ecdsa-sha2-nistp256': { fields: 2, minimum: 65 },
  'ecdsa-sha2-nistp384': { fields: 2, minimum: 97 },
  'ecdsa-sha2-nistp521': { fields: 2, minimum: 133 },
  'sk-ssh-ed25519@openssh.com': { fields: 2, minimum: 1 },
  'sk-ecdsa-sha2-nistp256@openssh.com': { fields: 3, minimum: 1 },
};

/** The length-prefixed fields of a key's blob; undefined when it is not made of such. */
const fieldsOf = (blob: Buffer): readonly Buffer[] | undefined => {
  const fields: Buffer[] = [];
  let at = 0;
  while (at < blob.byteLength) {
    if (at + 4 > blob.byteLength) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.byteLength) return undefined;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
};

/** Reads a line such as `ssh-ed25519 AAAA… comment`. Undefined when it is no public key of a kind that is taken. */
export const parseSshKey = (text: string): ParsedSshKey | undefined => {
  const line = text.trim();
  if (line.length > MAX_LENGTH || /[\r\n\0]/.test(line)) return undefined;
  const [name = '', encoded = ''] = line.split(/[ \t]+/);
  const rule = Object.hasOwn(ALGORITHMS, name) ? ALGORITHMS[name] : undefined;
  if (rule === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const blob = Buffer.from(encoded, 'base64');
  const [algorithm, ...rest] = fieldsOf(blob) ?? [];
  if (algorithm?.toString('latin1') !== name || rest.length !== rule.fields) return undefined;
  if ((rest.at(-1)?.byteLength ?? 0) < rule.minimum) return undefined;
  const md5 = createHash('md5').update(blob).digest('hex');
  return {
    key: `${name} ${blob.toString('base64')}`,
    fingerprint: md5.replaceAll(/(..)(?!$)/g, '$1:'),
    fingerprintSha256: createHash('sha256').update(blob).digest('base64').replace(/=+$/, ''),
  };
};

/** `SHA256:…`, the same without its prefix, or MD5 as `aa:bb:…` (also after `MD5:`). Undefined: neither. */
export const readFingerprint = (text: string): { readonly sha256: string } | { readonly md5: string } | undefined => {
  const md5 = /^(?:MD5:)?((?:[0-9a-f]{2}:){15}[0-9a-f]{2})$/i.exec(text)?.[1];
  if (md5 !== undefined) return { md5: md5.toLowerCase() };
  const sha256 = /^(?:SHA256:)?([A-Za-z0-9+/]{43})=?$/.exec(text)?.[1];
  return sha256 === undefined ? undefined : { sha256 };
};
