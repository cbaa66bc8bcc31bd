import { describe, expect, it } from 'vitest';
import { Halt } from './errors.ts';
import { parseUrlEncoded } from './rack-params.ts';

/** What Rack 2.2 makes of each query; checked against the real one. `refused`: it raises. */
const GOLDEN: readonly (readonly [query: string, json: string])[] = [
  ['a=1', '{"a":"1"}'],
  ['a=1&a=2', '{"a":"2"}'],
  ['a', '{"a":null}'],
  ['a=', '{"a":""}'],
  ['=1', '{}'],
  ['', '{}'],
  ['a[]=1&a[]=2', '{"a":["1","2"]}'],
  ['a[]', '{"a":[null]}'],
  ['a[]=', '{"a":[""]}'],
  ['[]=1', '{}'],
  ['[a]=1', '{"a":"1"}'],
  ['a[b]=1', '{"a":{"b":"1"}}'],
  ['a[b][c]=1&a[b][d]=2', '{"a":{"b":{"c":"1","d":"2"}}}'],
  ['a[b]=1&a[b]=2', '{"a":{"b":"2"}}'],
  ['a[b', '{"a":{"b":null}}'],
  ['a[=1', '{"a[":"1"}'],
  ['a[b]c=1', '{"a":{"b":{"c":"1"}}}'],
  ['a]b=1', '{"a":{"b":"1"}}'],
  ['a[][b]=1', '{"a":[{"b":"1"}]}'],
  ['a[][b]=1&a[][c]=2', '{"a":[{"b":"1","c":"2"}]}'],
  ['a[][b]=1&a[][c]=2&a[][b]=3&a[][c]=4', '{"a":[{"b":"1","c":"2"},{"b":"3","c":"4"}]}'],
  [
    'inputs[][name]=a&inputs[][value]=b&inputs[][name]=c&inputs[][value]=d',
    '{"inputs":[{"name":"a","value":"b"},{"name":"c","value":"d"}]}',
  ],
  ['v[0][key]=A&v[0][value]=1&v[1][key]=B', '{"v":{"0":{"key":"A","value":"1"},"1":{"key":"B"}}}'],
  ['a[][b][]=1&a[][b][]=2', '{"a":[{"b":["1","2"]}]}'],
  ['a[][b][c]=1&a[][b][d]=2', '{"a":[{"b":{"c":"1","d":"2"}}]}'],
  ['a[][b][c]=1&a[][b][c]=2', '{"a":[{"b":{"c":"1"}},{"b":{"c":"2"}}]}'],
  ['a[][]=1', '{"a":[["1"]]}'],
  ['a[][][b]=1', '{"a":[{"b":"1"}]}'],
  ['a=1&a[]=2', 'refused'],
  ['a=1&a[b]=2', 'refused'],
  ['a[]=1&a[b]=2', 'refused'],
  ['a[b]=1&a[]=2', 'refused'],
  ['a[b]=1&a=2', '{"a":"2"}'],
  ['a&a[]=1', '{"a":["1"]}'],
  ['a&a[b]=1', '{"a":{"b":"1"}}'],
  ['a[b]=1&a[b][c]=2', 'refused'],
  ['a%5Bb%5D=1', '{"a":{"b":"1"}}'],
  ['a+b=c+d', '{"a b":"c d"}'],
  ['a%20b=%2B', '{"a b":"+"}'],
  ['a=1;b=2', '{"a":"1;b=2"}'],
  ['a=1&&b=2', '{"a":"1","b":"2"}'],
  ['a=1& b=2', '{"a":"1","b":"2"}'],
  ['&a=1', '{"a":"1"}'],
  ['a=b=c', '{"a":"b=c"}'],
  ['a=%zz', 'refused'],
  ['%=1', 'refused'],
  ['a[__proto__]=x', '{"a":{"__proto__":"x"}}'],
  ['__proto__[x]=1', '{"__proto__":{"x":"1"}}'],
  ['constructor=1', '{"constructor":"1"}'],
  ['a[constructor][prototype][x]=1', '{"a":{"constructor":{"prototype":{"x":"1"}}}}'],
  ['a[b]]=1', '{"a":{"b":"1"}}'],
  ['a[[b]]=1', '{"a":{"b":"1"}}'],
  ['a[b][]=1', '{"a":{"b":["1"]}}'],
  ['a[b][][c]=1&a[b][][c]=2', '{"a":{"b":[{"c":"1"},{"c":"2"}]}}'],
  ['a[]b=1', '{"a":[{"b":"1"}]}'],
  ['a[].b=1&a[].b=2', '{"a":[{".b":"1"},{".b":"2"}]}'],
  ['a[][b]=1&a[]=2&a[][b]=3', '{"a":[{"b":"1"},"2",{"b":"3"}]}'],
  ['x[y][][z]=1&x[y][][w]=2&x[y][][z]=3', '{"x":{"y":[{"z":"1","w":"2"},{"z":"3"}]}}'],
  ['x[][y][z]=1&x[][y][w]=2', '{"x":[{"y":{"z":"1","w":"2"}}]}'],
  ['x[][id]=1&x[][y][z]=5&x[][id]=2&x[][y][z]=6', '{"x":[{"id":"1","y":{"z":"5"}},{"id":"2","y":{"z":"6"}}]}'],
  ['a.b=1', '{"a.b":"1"}'],
  ['%ED%95%9C=%EA%B0%92', '{"한":"값"}'],
  ['a[ ]=1', '{"a":{" ":"1"}}'],
  ['a[]=&a[]', '{"a":["",null]}'],
  ['variables[KEY]=v&ref=main', '{"variables":{"KEY":"v"},"ref":"main"}'],
];

const parsed = (query: string): string => {
  try {
    return JSON.stringify(parseUrlEncoded(query));
  } catch (thrown) {
    return thrown instanceof Halt && thrown.reply.status === 400 ? 'refused' : String(thrown);
  }
};

describe('Rack parameters', () => {
  it.each(GOLDEN)('%s', (query, expected) => {
    expect(parsed(query)).toBe(expected);
  });

  it('never touch a prototype', () => {
    const params = parseUrlEncoded('__proto__[polluted]=1&a[__proto__][polluted]=1&constructor[prototype][polluted]=1');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Object.getPrototypeOf(params)).toBeNull();
    const nested = params['a'];
    expect(typeof nested === 'object' && Object.getPrototypeOf(nested)).toBeNull();
  });

  it('nest 32 deep and no deeper', () => {
    expect(parsed(`a${'[b]'.repeat(31)}=1`)).toContain('"1"');
    expect(parsed(`a${'[b]'.repeat(32)}=1`)).toBe('refused');
    expect(parsed(`a${'[][b]'.repeat(40)}=1`)).toBe('refused');
  });

  it('are 4096 pairs at most', () => {
    const query = (count: number): string =>
      Array.from({ length: count }, (_, index) => `a${String(index)}=`).join('&');
    expect(Object.keys(parseUrlEncoded(query(4096)))).toHaveLength(4096);
    expect(parsed(query(4097))).toBe('refused');
  });

  it('are UTF-8 without NUL', () => {
    expect(parsed('a=%FF')).toBe('refused');
    expect(parsed('a=x%00y')).toBe('refused');
    expect(parsed('a%00=1')).toBe('refused');
  });
});
