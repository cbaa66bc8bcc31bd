import { describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.ts';

function names(text: string): unknown {
  const loaded = loadConfig(text, { file: 'ci.yml' });
  if (!loaded.ok) return loaded.diagnostics.map((each) => each.message);
  const keys = (map: typeof loaded.header): unknown => map?.entries.map((entry) => entry.name);
  return { header: keys(loaded.header), content: keys(loaded.content) };
}

describe('loadConfig', () => {
  it.each<[string, string, unknown]>([
    ['header and content', 'spec:\n  inputs: {}\n---\njob: 1\n', { header: ['spec'], content: ['job'] }],
    ['the last document after a header', 'spec: {a: 1}\n---\na: 1\n---\nb: 1\n', { header: ['spec'], content: ['b'] }],
    ['without a header the first document', 'a: 1\n---\nb: 1\n', { header: undefined, content: ['a'] }],
    ['spec without a second document is content', 'spec:\n  inputs: {}\n', { header: undefined, content: ['spec'] }],
    ['spec with a blank body is content', 'spec: {a: 1}\n---\n# nothing\n', { header: undefined, content: ['spec'] }],
    ['an empty file is an empty map', '', { header: undefined, content: [] }],
    ['a list', '- a\n', ['Invalid configuration format']],
    ['a text', 'hello\n', ['Invalid configuration format']],
    ['a list beside a map', 'a: 1\n---\n- b\n', ['Invalid configuration format']],
  ])('%s', (_, text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it('shows the given name in syntax errors', () => {
    const loaded = loadConfig('a: b: c', { file: 'x/ci.yml', shownAs: 'x/ci.yml' });
    expect(loaded).toMatchObject({
      diagnostics: [{ message: '(x/ci.yml): mapping values are not allowed in this context at line 1 column 5' }],
    });
  });
});
