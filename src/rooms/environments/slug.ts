import { createHash } from 'node:crypto';

const MAX_LENGTH = 24;
const SUFFIX_LENGTH = 6;

/**
 * `CI_ENVIRONMENT_SLUG`: lower case letters, digits and dashes, a letter first, at most 24 characters. A name that had
 * to be changed gets a suffix of the name's hash, so that two such names do not meet.
 */
export function environmentSlug(name: string): string {
  let slug = name.toLowerCase().replace(/[^a-z0-9-]/g, '-');
  if (!/^[a-z]/.test(slug)) slug = `env-${slug}`;
  slug = slug.replace(/-+/g, '-');
  if (slug.length <= MAX_LENGTH && slug === name && !slug.endsWith('-')) return slug;
  const suffix = BigInt(`0x${createHash('sha256').update(name).digest('hex').slice(0, 16)}`)
    .toString(36)
    .slice(-SUFFIX_LENGTH);
  const room = MAX_LENGTH - SUFFIX_LENGTH - 1;
  return `${slug.slice(0, room).replace(/-+$/, '')}-${suffix}`;
}
