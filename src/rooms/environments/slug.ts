import { createHash } from 'node:crypto';

const MAX_LENGTH = 24;
const SUFFIX_LENGTH = 6;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * `CI_ENVIRONMENT_SLUG`: lower case letters, digits and dashes, a letter first, at most 24 characters. A name that had
 * to be changed gets a suffix of its hash (hexadecimal), so that two such names do not meet. The same slug as GitLab's.
 */
export function environmentSlug(name: string, hash: (text: string) => string = sha256): string {
  let slug = name.toLowerCase().replace(/[^a-z0-9]/g, '-');
  if (!/^[a-z]/.test(slug)) slug = `env-${slug}`;
  slug = slug.replace(/-+/g, '-');
  if (slug.length <= MAX_LENGTH && slug === name) return slug.replace(/-$/, '');
  const room = MAX_LENGTH - SUFFIX_LENGTH - 1;
  return `${slug.slice(0, room).replace(/-$/, '')}-${suffixOf(hash(name))}`;
}

/** The last digits of the number in base 36. */
const suffixOf = (hexadecimal: string): string => BigInt(`0x${hexadecimal}`).toString(36).slice(-SUFFIX_LENGTH);
