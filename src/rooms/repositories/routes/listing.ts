import { type ApiReply, type ApiRequest, ok, pageHeaders, pageOf, toQuery } from '../../../http/index.ts';
import { boundedRegex } from '../../../kit/bounded-regex.ts';
import { invalid } from '../../../kit/errors.ts';

/** GitLab's search in names: `^x` begins with, `x$` ends with, both: is; otherwise contains. Letters' case does not count. */
export const nameSearch = (search: string | undefined): ((name: string) => boolean) => {
  if (search === undefined || search === '') return () => true;
  const starts = search.startsWith('^');
  const ends = search.length > 1 && search.endsWith('$');
  const text = search.slice(starts ? 1 : 0, ends ? -1 : undefined).toLowerCase();
  return (name) => {
    const lower = name.toLowerCase();
    if (starts && ends) return lower === text;
    if (starts) return lower.startsWith(text);
    return ends ? lower.endsWith(text) : lower.includes(text);
  };
};

/** A regular expression in RE2's syntax (linear time), not too large. Throws 400 `Regex is invalid`. */
export const nameRegex = (regex: string | undefined): ((name: string) => boolean) => {
  if (regex === undefined || regex === '') return () => true;
  const pattern = boundedRegex(regex);
  if (pattern === undefined) throw invalid('Regex is invalid');
  return (name) => pattern.matcher(name).find();
};

/** What a list from git is paged by. */
export interface ListQuery {
  readonly page: number;
  readonly per_page: number;
  readonly pagination?: string | undefined;
  readonly page_token?: string | undefined;
}

/**
 * A page of a list that is whole in memory: by number with totals, or with `pagination=keyset` after the entry that `page_token`
 * names (then the next token is in `Link`).
 */
export const listReply = async <T>(
  request: ApiRequest,
  query: ListQuery,
  entries: readonly T[],
  tokenOf: (entry: T) => string,
  present: (entries: readonly T[]) => Promise<readonly unknown[]>,
): Promise<ApiReply> => {
  const page = pageOf(query);
  if (query.pagination !== 'keyset') {
    const rows = await present(entries.slice(page.offset, page.offset + page.limit));
    return ok(rows, pageHeaders(request, page, { total: entries.length }));
  }
  const { page_token: token } = query;
  const start = token === undefined || token === '' ? 0 : entries.findIndex((entry) => tokenOf(entry) === token) + 1;
  if (start === 0 && token !== undefined && token !== '') throw invalid('Invalid page token');
  const shown = entries.slice(start, start + page.limit);
  const last = shown.at(-1);
  const hasNext = start + page.limit < entries.length && last !== undefined;
  const headers = hasNext
    ? { Link: `<${request.url}?${toQuery({ ...request.rawParams, page_token: tokenOf(last) })}>; rel="next"` }
    : {};
  return ok(await present(shown), headers);
};
