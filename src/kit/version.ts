/** Penstock's own version, as in package.json (a test compares them). */
export const VERSION = '0.1.0';

/** What clients compare: the GitLab version whose API this is. */
export const GITLAB_VERSION = '19.4.0-penstock';
