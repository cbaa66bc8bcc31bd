import { pathLetterErrors, reservedPathErrors } from '../accounts/index.ts';
import type { AttributeErrors } from './attribute-errors.ts';
import type { Group, Visibility } from './group.ts';
import { isWithin } from './group.ts';

const MAX_LENGTH = 255;
/** Groups that may stand above a group. */
const MAX_ANCESTORS = 20;
const MAX_DESCRIPTION = 500;

const NAME = /^[\p{L}\p{M}\p{N}\u{a9}-\u{1f9ff}_][\p{L}\p{M}\p{N}\p{Pd}\u{a9}-\u{1f9ff}_(). ]*$/u;
const NAME_RULE =
  "can contain only letters, digits, emoji, '_', '.', dash, space, parenthesis. It must start with letter, digit, emoji or '_'.";
/** Words that stand behind a namespace in the addresses of projects: neither projects nor subgroups have them. */
export const RESERVED_BELOW = new Set([
  '-',
  '.',
  '..',
  'badges',
  'blame',
  'blob',
  'builds',
  'commits',
  'create',
  'create_dir',
  'edit',
  'files',
  'find_file',
  'new',
  'preview',
  'raw',
  'refs',
  'tree',
  'update',
  'wikis',
]);

const lengthErrors = (text: string): readonly string[] => [
  ...(text.trim() === '' ? ["can't be blank"] : []),
  ...([...text].length > MAX_LENGTH ? [`is too long (maximum is ${MAX_LENGTH} characters)`] : []),
];

const pathErrors = (path: string, isTop: boolean): readonly string[] => [
  ...lengthErrors(path),
  ...pathLetterErrors(path),
  ...(isTop ? reservedPathErrors(path) : []),
  ...(!isTop && RESERVED_BELOW.has(path.toLowerCase()) ? [`${path} is a reserved name`] : []),
];

const found = (errors: AttributeErrors): AttributeErrors | undefined => {
  const some = Object.entries(errors).filter(([, sentences]) => sentences.length > 0);
  return some.length === 0 ? undefined : Object.fromEntries(some);
};

/** What is wrong with a group by itself; undefined when nothing is. GitLab's rules and sentences. */
export const groupErrors = (
  group: Pick<Group, 'name' | 'path' | 'description' | 'visibility'>,
  parent: Pick<Group, 'visibility' | 'fullPath'> | undefined,
): AttributeErrors | undefined =>
  found({
    name: [...lengthErrors(group.name), ...(NAME.test(group.name) ? [] : [NAME_RULE])],
    path: pathErrors(group.path, parent === undefined),
    description:
      [...group.description].length > MAX_DESCRIPTION ? [`is too long (maximum is ${MAX_DESCRIPTION} characters)`] : [],
    visibility_level:
      parent === undefined || isWithin(group.visibility, parent.visibility)
        ? []
        : [`${group.visibility} is not allowed since the parent group has a ${parent.visibility} visibility.`],
    parent_id:
      parent !== undefined && parent.fullPath.split('/').length > MAX_ANCESTORS
        ? ['has too deep level of nesting']
        : [],
  });

/** What a group holds may not be more open than the group. */
export const contentErrors = (
  wanted: Visibility,
  content: { readonly projects: Visibility | undefined; readonly subgroups: Visibility | undefined },
): AttributeErrors | undefined =>
  found({
    visibility_level: [
      ...(content.projects === undefined || isWithin(content.projects, wanted)
        ? []
        : [`${wanted} is not allowed since this group contains projects with higher visibility.`]),
      ...(content.subgroups === undefined || isWithin(content.subgroups, wanted)
        ? []
        : [`${wanted} is not allowed since there are sub-groups with higher visibility.`]),
    ],
  });
