/** Prefixes that GitLab does not take: a ref is named in its short form. */
const NOT_SHORT = /^(?:refs\/(?:heads|remotes|tags)\/|-)/;
/** What git forbids anywhere in the name of a ref. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$|(?:^|\/)\.|\.lock(?:\/|$)/;

/** Whether a text may be the short name of a branch or tag, or a commit. A variable in it is a name like any other. */
export const isRefName = (text: string): boolean =>
  text !== '' && text !== 'HEAD' && text !== '@' && !NOT_SHORT.test(text) && !FORBIDDEN.test(text);
