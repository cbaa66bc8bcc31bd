import { describe, expect, it } from 'vitest';
import { Halt } from './errors.ts';
import { readParams } from './nested-params.ts';
import {
  keysetHeaders,
  keysetUnsupported,
  limitOffset,
  pageHeaders,
  pageOf,
  pagingParams,
  strictPagingParams,
  toQuery,
} from './paging.ts';
import type { RawParams } from './raw-params.ts';

const url = 'https://ci.example/api/v4/projects/1/pipelines';
const of = (rawParams: RawParams) => ({ url, rawParams });

const page = (raw: RawParams) => {
  const reading = readParams(pagingParams, raw);
  return reading.ok ? pageOf(reading.value) : reading.problems.map(({ attribute, text }) => `${attribute} ${text}`);
};

describe('the page asked for', () => {
  it.each<[RawParams, number, number]>([
    [{}, 20, 0],
    [{ page: '3', per_page: '10' }, 10, 20],
    [{ per_page: '1000' }, 100, 0],
    [{ per_page: '-5' }, 20, 0],
    [{ page: '0' }, 20, 0],
    [{ page: '-2' }, 20, 0],
    [{ page: '', per_page: '' }, 20, 0],
  ])('%j', (raw, limit, offset) => {
    expect(page(raw)).toMatchObject({ limit, offset, perPage: limit });
  });

  it('is refused when it is none', () => {
    expect(page({ per_page: '0' })).toEqual(['per_page has a value not allowed']);
    expect(page({ page: 'x' })).toEqual(['page is invalid']);
    const strict = readParams(strictPagingParams, { per_page: '-1' });
    expect(strict).toEqual({
      ok: false,
      problems: [{ attribute: 'per_page', text: 'does not have a valid value' }],
    });
  });

  it('never makes an offset that is no number', () => {
    expect(pageOf({ page: Number.MAX_SAFE_INTEGER, per_page: 100 }).offset).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('ends at an offset where a list says so', () => {
    expect(() => limitOffset(pageOf({ page: 501, per_page: 100 }), 'User')).not.toThrow();
    try {
      limitOffset(pageOf({ page: 502, per_page: 100 }), 'User');
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(Halt);
      expect(thrown).toMatchObject({
        reply: {
          status: 405,
          body: {
            value: {
              error:
                'Offset pagination has a maximum allowed offset of 50000 for requests that return objects of type User. ' +
                'Remaining records can be retrieved using keyset pagination.',
            },
          },
        },
      });
    }
  });
});

describe('page headers', () => {
  it('in the middle', () => {
    expect(
      pageHeaders(of({ id: '1', per_page: '10', page: '2' }), pageOf({ page: 2, per_page: 10 }), { total: 25 }),
    ).toEqual({
      'X-Page': '2',
      'X-Per-Page': '10',
      'X-Next-Page': '3',
      'X-Prev-Page': '1',
      'X-Total': '25',
      'X-Total-Pages': '3',
      Link: [
        `<${url}?id=1&page=1&per_page=10>; rel="prev"`,
        `<${url}?id=1&page=3&per_page=10>; rel="next"`,
        `<${url}?id=1&page=1&per_page=10>; rel="first"`,
        `<${url}?id=1&page=3&per_page=10>; rel="last"`,
      ].join(', '),
    });
  });

  it('of an empty list', () => {
    expect(pageHeaders(of({}), pageOf({ page: 1, per_page: 20 }), { total: 0 })).toMatchObject({
      'X-Next-Page': '',
      'X-Prev-Page': '',
      'X-Total': '0',
      'X-Total-Pages': '1',
      Link: `<${url}?page=1&per_page=20>; rel="first", <${url}?page=1&per_page=20>; rel="last"`,
    });
  });

  it('beyond the last page', () => {
    expect(pageHeaders(of({}), pageOf({ page: 9, per_page: 20 }), { total: 25 })).toMatchObject({
      'X-Next-Page': '',
      'X-Prev-Page': '',
    });
  });

  it('leave the totals out above 10,000 rows and without a count', () => {
    const counted = pageHeaders(of({}), pageOf({ page: 1, per_page: 20 }), { total: 10_001 });
    expect(counted).not.toHaveProperty('X-Total');
    expect(counted['Link']).not.toContain('last');
    expect(counted['X-Next-Page']).toBe('2');
    const uncounted = pageHeaders(of({}), pageOf({ page: 2, per_page: 20 }), { hasNext: false });
    expect(uncounted).not.toHaveProperty('X-Total-Pages');
    expect(uncounted).toMatchObject({ 'X-Next-Page': '', 'X-Prev-Page': '1' });
    expect(pageHeaders(of({}), pageOf({ page: 10_000, per_page: 1 }), { total: 10_000 })['X-Total']).toBe('10000');
  });

  it('keep all parameters in their nesting', () => {
    const raw = { scope: ['running', 'pending'], filter: { environment_scope: 'a b' }, ref: 'ä/b&c', nil: null, n: 5 };
    expect(toQuery(raw)).toBe(
      'filter%5Benvironment_scope%5D=a+b&n=5&nil&ref=%C3%A4%2Fb%26c&scope%5B%5D=running&scope%5B%5D=pending',
    );
    expect(pageHeaders(of(raw), pageOf({ page: 1, per_page: 20 }), { total: 1 })['Link']).toContain(`${url}?filter`);
  });
});

describe('keyset lists', () => {
  it('link to the rows after the last', () => {
    expect(keysetHeaders(of({ sort: 'asc', id_after: '3' }), 'asc', [{ id: 4 }, { id: 9 }], true)).toEqual({
      Link: `<${url}?id_after=9&sort=asc>; rel="next"`,
    });
    expect(keysetHeaders(of({}), 'desc', [{ id: 9 }, { id: 4 }], true)).toEqual({
      Link: `<${url}?id_before=4>; rel="next"`,
    });
    expect(keysetHeaders(of({}), 'asc', [{ id: 4 }], false)).toEqual({});
  });

  it('refuse other orders', () => {
    expect(keysetUnsupported().reply).toMatchObject({
      status: 405,
      body: { value: { error: 'Keyset pagination is not yet available for this type of request' } },
    });
  });
});
