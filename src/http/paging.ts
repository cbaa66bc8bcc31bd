import { errorReply, Halt } from './errors.ts';
import { integer } from './params.ts';
import type { RawParams, RawValue } from './raw-params.ts';
import { isExactNumber, isRawArray, isRawParams, isUploadedFile } from './raw-params.ts';
import type { ApiReply, ReplyHeaders } from './reply.ts';
import { ok } from './reply.ts';
import type { ApiRequest } from './request.ts';

const DEFAULT_PER_PAGE = 20;
const MAX_PER_PAGE = 100;
/** Above this many rows GitLab leaves the totals out. */
const MAX_COUNTED = 10_000;

/** Declare these on a list: `params: { ...pagingParams, … }`. */
export const pagingParams = {
  page: integer({ default: 1, description: 'Current page number' }),
  per_page: integer({ default: DEFAULT_PER_PAGE, except: [0], description: 'Number of items per page' }),
};

/** The stricter form of commits and trees: anything below 1 is refused. */
export const strictPagingParams = {
  page: integer({ default: 1, range: { min: 1 }, description: 'Current page number' }),
  per_page: integer({ default: DEFAULT_PER_PAGE, range: { min: 1 }, description: 'Number of items per page' }),
};

/** A page of an offset list. `offset` and `limit` go into SQL. */
export interface Page {
  readonly page: number;
  readonly perPage: number;
  readonly limit: number;
  readonly offset: number;
}

/** The page that was asked for. `per_page` above 100 counts as 100, below 0 as 20; a page below 1 is the first. */
export function pageOf(params: { readonly page: number; readonly per_page: number }): Page {
  const perPage = params.per_page < 0 ? DEFAULT_PER_PAGE : Math.min(params.per_page, MAX_PER_PAGE);
  const page = Math.max(1, params.page);
  return { page, perPage, limit: perPage, offset: Math.min((page - 1) * perPage, Number.MAX_SAFE_INTEGER) };
}

/**
 * Lists of some types end at an offset. Throws 405 `Offset pagination has a maximum allowed offset of 50000 …`.
 * @param type GitLab's class name, `User`
 */
export function limitOffset(page: Page, type: string, max = 50_000): void {
  if (page.offset <= max) return;
  const sentence =
    `Offset pagination has a maximum allowed offset of ${String(max)} for requests that return objects of type ${type}. ` +
    'Remaining records can be retrieved using keyset pagination.';
  throw new Halt(errorReply(405, sentence));
}

/** What is known of the whole list: its size, or only whether something follows (GitLab's lists without count). */
export type ListSize = { readonly total: number } | { readonly hasNext: boolean };

/** 200 with the rows of a page and GitLab's paging headers. */
export const pageReply = (request: ApiRequest, page: Page, rows: readonly unknown[], size: ListSize): ApiReply =>
  ok(rows, pageHeaders(request, page, size));

/**
 * `X-Page`, `X-Per-Page`, `X-Next-Page`, `X-Prev-Page` and `Link` (all parameters of the request kept); with a total up to 10,000 also
 * `X-Total`, `X-Total-Pages` and the last link.
 */
export function pageHeaders(
  request: Pick<ApiRequest, 'url' | 'rawParams'>,
  { page, perPage }: Page,
  size: ListSize,
): ReplyHeaders {
  const total = 'total' in size ? size.total : undefined;
  const pages = total === undefined ? undefined : Math.max(1, Math.ceil(total / perPage));
  const hasNext = 'total' in size ? page < (pages ?? 0) : size.hasNext;
  const prev = page > 1 && (pages === undefined || page <= pages) ? page - 1 : undefined;
  const counted = total !== undefined && total <= MAX_COUNTED;
  const link = (rel: string, to: number | undefined): readonly string[] =>
    to === undefined ? [] : [`<${pageUrl(request, to, perPage)}>; rel="${rel}"`];
  const links = [
    ...link('prev', prev),
    ...link('next', hasNext ? page + 1 : undefined),
    ...link('first', 1),
    ...link('last', counted ? pages : undefined),
  ];
  return {
    'X-Page': String(page),
    'X-Per-Page': String(perPage),
    'X-Next-Page': hasNext ? String(page + 1) : '',
    'X-Prev-Page': prev === undefined ? '' : String(prev),
    ...(counted ? { 'X-Total': String(total), 'X-Total-Pages': String(pages) } : {}),
    Link: links.join(', '),
  };
}

function pageUrl(request: Pick<ApiRequest, 'url' | 'rawParams'>, page: number, perPage: number): string {
  return `${request.url}?${toQuery({ ...request.rawParams, page: String(page), per_page: String(perPage) })}`;
}

/**
 * `Link: …; rel="next"` for a list by id, with `id_after` (ascending) or `id_before` (descending) set to the last row's id. No headers on the last page.
 * @param rows those that are sent; `hasNext` tells whether more follow (ask the database for one row more)
 */
export function keysetHeaders(
  request: Pick<ApiRequest, 'url' | 'rawParams'>,
  direction: 'asc' | 'desc',
  rows: readonly { readonly id: number }[],
  hasNext: boolean,
): ReplyHeaders {
  const last = rows.at(-1);
  if (!hasNext || last === undefined) return {};
  const query = toQuery({ ...request.rawParams, [direction === 'asc' ? 'id_after' : 'id_before']: String(last.id) });
  return { Link: `<${request.url}?${query}>; rel="next"` };
}

/** Thrown for an order that keyset lists do not have. */
export const keysetUnsupported = (): Halt =>
  new Halt(errorReply(405, 'Keyset pagination is not yet available for this type of request'));

/** Parameters as a query in Rack's nesting, names in order, as Rails writes it. */
export function toQuery(params: RawParams): string {
  return Object.keys(params)
    .toSorted()
    .flatMap((key) => pairsOf(key, params[key] ?? null))
    .map(([name, value]) => (value === null ? encode(name) : `${encode(name)}=${encode(value)}`))
    .join('&');
}

function pairsOf(name: string, value: RawValue): readonly (readonly [string, string | null])[] {
  if (value === null) return [[name, null]];
  if (isUploadedFile(value)) return [];
  if (isExactNumber(value)) return [[name, value.rawJSON]];
  if (isRawArray(value)) return value.flatMap((item) => pairsOf(`${name}[]`, item));
  if (isRawParams(value)) return Object.keys(value).flatMap((key) => pairsOf(`${name}[${key}]`, value[key] ?? null));
  return [[name, String(value)]];
}

const encode = (text: string): string => encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+');
