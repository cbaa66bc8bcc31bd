import type { Namespace } from '../accounts/index.ts';
import { isWithin, RESERVED_BELOW, type Visibility } from '../groups/index.ts';
import type { AttributeErrors } from './attribute-errors.ts';

const MAX_LENGTH = 255;
const NAME = /^[\p{L}\p{M}\p{N}\u{a9}-\u{1f9ff}_][\p{L}\p{M}\p{N}\p{Pd}\u{a9}-\u{1f9ff}_. +]*$/u;
const PATH = /^[a-zA-Z0-9_.][a-zA-Z0-9_.-]*$/;
const BAD_ENDING = /\.(?:git|atom)$/i;

const NAME_RULE =
  "can contain only letters, digits, emoji, '_', '.', '+', dashes, or spaces. It must start with a letter, digit, emoji, or '_'.";
const PATH_RULE =
  "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.git' or end in '.atom'";

const isPath = (path: string): boolean => PATH.test(path) && !BAD_ENDING.test(path);

const lengthErrors = (text: string): readonly string[] => [
  ...(text.trim() === '' ? ["can't be blank"] : []),
  ...([...text].length > MAX_LENGTH ? [`is too long (maximum is ${MAX_LENGTH} characters)`] : []),
];

/** Ruby on Rails' `parameterize`: lower case, everything else becomes `-`, none at the ends. */
const parameterize = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .replace(/^-+|-+$/g, '');

/** Name and path of a new project where only one is given: GitLab makes the other from it. */
export const completeNames = (given: {
  readonly name: string | undefined;
  readonly path: string | undefined;
}): { readonly name: string; readonly path: string } => {
  const name = given.name?.trim() || given.path || '';
  const path = given.path || (isPath(name) ? name : parameterize(name));
  return { name, path };
};

/** What is wrong with a project's name and path; undefined when nothing is. */
export const nameErrors = (names: { readonly name: string; readonly path: string }): AttributeErrors | undefined => {
  const name = [...lengthErrors(names.name), ...(NAME.test(names.name) ? [] : [NAME_RULE])];
  const path = [
    ...lengthErrors(names.path),
    ...(isPath(names.path) ? [] : [PATH_RULE]),
    ...(RESERVED_BELOW.has(names.path.toLowerCase()) ? [`${names.path} is a reserved name`] : []),
  ];
  const found = Object.entries({ name, path }).filter(([, sentences]) => sentences.length > 0);
  return found.length === 0 ? undefined : Object.fromEntries(found);
};

/** GitLab's attributes for a name or path that another project of the namespace has. */
export const takenErrors = (taken: { readonly path: boolean; readonly name: boolean }): AttributeErrors | undefined => {
  const sentence = ['has already been taken'];
  if (!taken.path && !taken.name) return undefined;
  return {
    ...(taken.name ? { 'project_namespace.name': sentence } : {}),
    ...(taken.name ? { name: sentence } : {}),
    ...(taken.path ? { path: sentence } : {}),
  };
};

/** What is wrong with a project that would be more open than its group. */
export const tooOpenErrors = (
  namespace: Pick<Namespace, 'kind' | 'visibility'>,
  visibility: Visibility,
): AttributeErrors | undefined =>
  namespace.kind === 'user' || isWithin(visibility, namespace.visibility)
    ? undefined
    : { visibility_level: [`${visibility} is not allowed in a ${namespace.visibility} group.`] };
