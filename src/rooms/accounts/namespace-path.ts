/** A path of users and groups: what may stand first in an address. */
const PATH = /^[a-zA-Z0-9_.][a-zA-Z0-9_.-]{0,254}$/;
const BAD_ENDING = /(?:\.|\.git|\.atom)$/i;

/** First parts of addresses that the server itself answers. */
const RESERVED = new Set([
  '-',
  '.',
  '..',
  '.well-known',
  'admin',
  'api',
  'assets',
  'dashboard',
  'explore',
  'favicon.ico',
  'favicon.png',
  'files',
  'groups',
  'health_check',
  'help',
  'import',
  'jwt',
  'login',
  'oauth',
  'profile',
  'projects',
  'public',
  'robots.txt',
  's',
  'search',
  'sitemap',
  'unsubscribes',
  'uploads',
  'users',
  'v2',
]);

const PATH_RULE =
  "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-' or end in '.', '.git' or '.atom'.";

/** What is wrong with the letters of a namespace's path. */
export const pathLetterErrors = (path: string): readonly string[] =>
  PATH.test(path) && !BAD_ENDING.test(path) ? [] : [PATH_RULE];

/** What is wrong with it at the top of the site. */
export const reservedPathErrors = (path: string): readonly string[] =>
  RESERVED.has(path.toLowerCase()) ? [`${path} is a reserved name`] : [];
