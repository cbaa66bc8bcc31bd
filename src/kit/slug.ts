const MAX_LENGTH = 63;

/**
 * GitLab's slug of a name (`CI_COMMIT_REF_SLUG` and its like): lower case, everything but a-z and 0-9 becomes `-`, at
 * most 63 characters, no `-` at either end. Fit for a host name.
 */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]/gu, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, '');
