import { LINK_TYPES, type LinkType } from './release.ts';

/** A link as somebody wants it. */
export interface WantedLink {
  readonly name: string;
  readonly url: string;
  readonly filepath: string | null;
  readonly linkType: LinkType;
}

export type LinkAttribute = 'url' | 'name' | 'filepath';

/** A sentence without its subject, as GitLab's models keep them. */
export interface LinkProblem {
  readonly attribute: LinkAttribute;
  readonly text: string;
}

const SCHEMES = ['http:', 'https:', 'ftp:'];
const MAX_FILEPATH = 128;
const MAX_NAME = 255;
/** Bytes: an index holds no much longer ones. */
const MAX_URL = 2048;
/** GitLab's pattern, taken apart: begins with one slash, no two slashes in a row, ends in a letter or digit. */
const FILEPATH = /^\/[^/][-.\w/]+[\da-zA-Z]$/;

export const isLinkType = (text: string): text is LinkType => LINK_TYPES.some((type) => type === text);

/** What is wrong with a link, in GitLab's words and order. `others`: the release's other links. */
export const linkProblems = (
  link: WantedLink,
  others: readonly Omit<WantedLink, 'linkType'>[] = [],
): readonly LinkProblem[] => {
  const problems: LinkProblem[] = [];
  const add = (attribute: LinkAttribute, ...texts: readonly string[]): void => {
    problems.push(...texts.map((text) => ({ attribute, text })));
  };
  if (link.url.trim() === '') add('url', "can't be blank", 'must be a valid URL');
  else add('url', ...urlProblems(link.url));
  if (others.some(({ url }) => url === link.url)) add('url', 'has already been taken');
  if (link.name.trim() === '') add('name', "can't be blank");
  if (link.name.length > MAX_NAME) add('name', `is too long (maximum is ${MAX_NAME} characters)`);
  if (others.some(({ name }) => name === link.name)) add('name', 'has already been taken');
  if (link.filepath !== null) {
    if (others.some(({ filepath }) => filepath === link.filepath)) add('filepath', 'has already been taken');
    add('filepath', ...filepathProblems(link.filepath));
  }
  return problems;
};

const urlProblems = (text: string): readonly string[] => {
  if (Buffer.byteLength(text) > MAX_URL) return [`is too long (maximum is ${MAX_URL} characters)`];
  const url = URL.parse(text);
  if (url === null) return ['is blocked: URI is invalid'];
  if (!SCHEMES.includes(url.protocol)) return ['is blocked: Only allowed schemes are http, https, ftp'];
  return [];
};

const filepathProblems = (path: string): readonly string[] => {
  if (path.length > MAX_FILEPATH) return [`is too long (maximum is ${MAX_FILEPATH} characters)`];
  return FILEPATH.test(path) && !path.includes('//') ? [] : ['is in an invalid format'];
};

/** `Url has already been taken`. */
export const fullMessage = ({ attribute, text }: LinkProblem): string =>
  `${attribute.slice(0, 1).toUpperCase()}${attribute.slice(1)} ${text}`;

/** What is wrong with the links of a new release: GitLab's sentences, empty when nothing is. */
export const newLinksProblems = (links: readonly WantedLink[]): readonly string[] => {
  const own = links.flatMap((link) => linkProblems(link)).map(({ attribute, text }) => `Links ${attribute} ${text}`);
  if (own.length > 0) return [...new Set(own)];
  return (['name', 'url', 'filepath'] as const).flatMap((attribute) => {
    const seen = new Set<string>();
    const twice = new Set<string>();
    for (const link of links) {
      const value = link[attribute];
      if (value === null) continue;
      if (seen.has(value)) twice.add(value);
      seen.add(value);
    }
    return twice.size === 0 ? [] : [`Links have duplicate values (${[...twice].join(', ')})`];
  });
};
