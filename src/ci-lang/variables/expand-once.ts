/** What becomes of a reference to a variable that is not set: it is removed, or left as written. */
export type UnknownMode = 'blank' | 'existing';

const REFERENCE = /\$([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)\}|%([A-Za-z_]\w*)%/g;

/**
 * Replaces `$NAME`, `${NAME}` and `%NAME%` once, from left to right; values are not looked at again. There is no escape:
 * `$$A` is `$` and the value. This is how GitLab expands single texts (tags, includes, names); for a whole list of
 * variables see `sortAndExpandAll`. `lookup` may return null for a reference that is to stay as written in either mode
 * (file variables, where they are not expanded).
 */
export function expandOnce(
  text: string,
  lookup: (name: string) => string | undefined | null,
  mode: UnknownMode,
): string {
  return text.replace(REFERENCE, (written: string, plain?: string, braced?: string, percent?: string) => {
    const value = lookup(plain ?? braced ?? percent ?? '');
    if (value === null) return written;
    return value ?? (mode === 'blank' ? '' : written);
  });
}

/** The names that a text refers to, in order, repetitions included. */
export function referencesIn(text: string): readonly string[] {
  if (!text.includes('$') && !text.includes('%')) return [];
  return Array.from(text.matchAll(REFERENCE), ([, plain, braced, percent]) => plain ?? braced ?? percent ?? '');
}
