import { pathLetterErrors, reservedPathErrors } from './namespace-path.ts';

/** Attribute → sentences: GitLab's body of a failed model validation. */
export type UserErrors = Readonly<Record<string, readonly string[]>>;

const MAX_NAME = 255;
const MIN_PASSWORD = 8;
const MAX_PASSWORD = 128;

const EMAIL = /^[^@\s<>"]{1,128}@[^@\s<>".]+(?:\.[^@\s<>".]+)*$/;
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
      ...pathLetterErrors(username),
      ...reservedPathErrors(username),
    ],
    name: [
      ...(name.trim() === '' ? ["can't be blank"] : []),
      ...(lengthOf(name) > MAX_NAME ? [`is too long (maximum is ${MAX_NAME} characters)`] : []),
    ],
    email: isEmailAddress(email) ? [] : ['is invalid'],
    password: password === undefined ? [] : passwordErrors(password),
  };
  const found = Object.entries(errors).filter(([, sentences]) => sentences.length > 0);
  return found.length === 0 ? undefined : Object.fromEntries(found);
};

export const isEmailAddress = (text: string): boolean => EMAIL.test(text) && text.length <= MAX_NAME;

export const passwordErrors = (password: string): readonly string[] => [
  ...(lengthOf(password) < MIN_PASSWORD ? [`is too short (minimum is ${MIN_PASSWORD} characters)`] : []),
  ...(lengthOf(password) > MAX_PASSWORD ? [`is too long (maximum is ${MAX_PASSWORD} characters)`] : []),
];
