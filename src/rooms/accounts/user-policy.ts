/** Attribute → sentences: GitLab's body of a failed model validation. */
export type UserErrors = Readonly<Record<string, readonly string[]>>;

const MAX_NAME = 255;
const MIN_PASSWORD = 8;
const MAX_PASSWORD = 128;

const USERNAME = /^[a-zA-Z0-9_.][a-zA-Z0-9_.-]{0,254}$/;
const BAD_ENDING = /(?:\.|\.git|\.atom)$/i;
const EMAIL = /^[^@\s<>"]{1,128}@[^@\s<>".]+(?:\.[^@\s<>".]+)*$/;
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

const USERNAME_RULE =
  "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-' or end in '.', '.git' or '.atom'.";

const lengthOf = (text: string): number => [...text].length;

/** What is wrong with a new user; undefined when nothing is. Lengths in characters. */
export const userErrors = (user: {
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly password: string | undefined;
}): UserErrors | undefined => {
  const { username, name, email, password } = user;
  const errors = {
    username: [
      ...(username === '' ? ["can't be blank"] : []),
      ...(USERNAME.test(username) && !BAD_ENDING.test(username) ? [] : [USERNAME_RULE]),
      ...(RESERVED.has(username.toLowerCase()) ? [`${username} is a reserved name`] : []),
    ],
    name: [
      ...(name.trim() === '' ? ["can't be blank"] : []),
      ...(lengthOf(name) > MAX_NAME ? [`is too long (maximum is ${MAX_NAME} characters)`] : []),
    ],
    email: EMAIL.test(email) && email.length <= MAX_NAME ? [] : ['is invalid'],
    password: password === undefined ? [] : passwordErrors(password),
  };
  const found = Object.entries(errors).filter(([, sentences]) => sentences.length > 0);
  return found.length === 0 ? undefined : Object.fromEntries(found);
};

export const passwordErrors = (password: string): readonly string[] => [
  ...(lengthOf(password) < MIN_PASSWORD ? [`is too short (minimum is ${MIN_PASSWORD} characters)`] : []),
  ...(lengthOf(password) > MAX_PASSWORD ? [`is too long (maximum is ${MAX_PASSWORD} characters)`] : []),
];
