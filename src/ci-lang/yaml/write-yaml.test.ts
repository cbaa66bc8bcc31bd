import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildEntry, buildMap, buildSeq, buildText, loadConfig, writeYaml, type YamlNode } from './index.ts';

const AT = { file: 'f', line: 1, column: 1 };

type Tree = string | number | boolean | null | readonly Tree[] | { readonly [key: string]: Tree };

const isList = (tree: Tree): tree is readonly Tree[] => Array.isArray(tree);

const scalar = (type: 'boolean' | 'integer' | 'null', value: number | boolean | null): YamlNode => ({
  kind: 'scalar',
  position: AT,
  type,
  value,
  text: value === null ? '' : String(value),
});

const nodeOf = (tree: Tree): YamlNode => {
  if (typeof tree === 'string') return buildText(AT, tree);
  if (typeof tree === 'number') return scalar('integer', tree);
  if (typeof tree === 'boolean') return scalar('boolean', tree);
  if (tree === null) return scalar('null', null);
  return isList(tree) ? buildSeq(AT, tree.map(nodeOf)) : mapOf(tree);
};

const mapOf = (tree: { readonly [key: string]: Tree }) =>
  buildMap(
    AT,
    Object.entries(tree).map(([key, value]) => buildEntry(buildText(AT, key), nodeOf(value))),
  );

const treeOf = (node: YamlNode): unknown => {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'seq') return node.items.map(treeOf);
  if (node.kind === 'reference') return node.shown;
  return Object.fromEntries(node.entries.map(({ name, value }) => [name, treeOf(value)]));
};

const MOST = 1_000_000;

const readBack = (text: string): unknown => {
  const loaded = loadConfig(text, { file: 'f' });
  return loaded.ok ? treeOf(loaded.content) : loaded.diagnostics;
};

/** A value under the key `k`, without the document's first line. */
const write = (value: Tree): string => (writeYaml(mapOf({ k: value }), MOST) ?? '').replace('---\n', '');

describe('YAML as Ruby writes it', () => {
  // The right-hand sides were compared with Psych 4.0.3 and libyaml 0.2.5.
  it.each([
    ['script', 'k: script\n'],
    ['', "k: ''\n"],
    [null, 'k:\n'],
    [true, 'k: true\n'],
    [8, 'k: 8\n'],
    ['yes', "k: 'yes'\n"],
    ['on', "k: 'on'\n"],
    ['true', "k: 'true'\n"],
    ['~', 'k: "~"\n'],
    ['y', 'k: "y"\n'],
    ['N', 'k: "N"\n'],
    ['010', "k: '010'\n"],
    ['089', "k: '089'\n"],
    ['1_000', "k: '1_000'\n"],
    ['1.10', "k: '1.10'\n"],
    ['1e3', 'k: 1e3\n'],
    ['12:30', "k: '12:30'\n"],
    ['2020-01-31', "k: '2020-01-31'\n"],
    [':symbol', 'k: ":symbol"\n'],
    [' a', 'k: " a"\n'],
    ['a ', "k: 'a '\n"],
    ['a: b', "k: 'a: b'\n"],
    ['a #b', "k: 'a #b'\n"],
    ['a:b#c', 'k: a:b#c\n'],
    ['# a', 'k: "# a"\n'],
    ['- a', 'k: "- a"\n'],
    ['"a" b', `k: '"a" b'\n`],
    ["it's", "k: it's\n"],
    ['\'a\' "b"', `k: '''a'' "b"'\n`],
    ['$VAR == "x"', 'k: $VAR == "x"\n'],
    ['.pre', 'k: ".pre"\n'],
    ['<<', "k: !!str '<<'\n"],
    ['a\tb', 'k: "a\\tb"\n'],
    ['é', 'k: é\n'],
    ['\u{1F680}', 'k: "\\U0001F680"\n'],
    ['a\r\nb', 'k: "a\\r\\nb"\n'],
    ['a\nb', 'k: |-\n  a\n  b\n'],
    ['a\nb\n', 'k: |\n  a\n  b\n'],
    ['a\nb\n\n', 'k: |+\n  a\n  b\n\n...\n'],
    ['  a\n\nb\n', 'k: |2\n    a\n\n  b\n'],
    ['a \nb', 'k: "a \\nb"\n'],
    ['a\n', "k: 'a\n\n  '\n"],
    [[], 'k: []\n'],
    [{}, 'k: {}\n'],
    [['a', null, ['b', ['c']], { d: 1, e: [2] }, {}], 'k:\n- a\n-\n- - b\n  - - c\n- d: 1\n  e:\n  - 2\n- {}\n'],
    [{ a: { 'on push': ['x\ny'] } }, 'k:\n  a:\n    on push:\n    - |-\n      x\n      y\n'],
    [{ yes: 1, '10': 2, '<<': 3, '': 4 }, "k:\n  '10': 2\n  'yes': 1\n  !!str '<<': 3\n  '': 4\n"],
    [{ ['k'.repeat(129)]: { a: ['b'] } }, `k:\n  ? ${'k'.repeat(129)}\n  : a:\n    - b\n`],
    [{ 'a\nb': ['c', 'd'] }, 'k:\n  ? |-\n    a\n    b\n  : - c\n    - d\n'],
  ] satisfies readonly (readonly [Tree, string])[])('writes %j', (value, text) => {
    expect(write(value)).toBe(text);
    expect(readBack(text)).toEqual({ k: value });
  });

  it('breaks long lines behind column 80, in every style but blocks', () => {
    const words = 'word '.repeat(30);
    expect(write(words.trim())).toBe(`k: ${'word '.repeat(16).trim()}\n  ${'word '.repeat(14).trim()}\n`);
    for (const text of [words, `# ${words}`, `a: ${words}`, `${words} \t${words}`]) {
      expect(write(text).split('\n').length).toBeGreaterThan(2);
      expect(readBack(write(text))).toEqual({ k: text });
    }
    expect(write(`${words.trim()}\nb`).split('\n')[1]).toBe(`  ${words.trim()}`);
  });

  it('writes aliases out', () => {
    const loaded = loadConfig('.a: &a {x: [1]}\nb: *a\nc: {<<: *a, z: 2}\n', { file: 'f' });
    if (!loaded.ok) throw new Error('unreadable');
    expect(writeYaml(loaded.content, MOST)).toBe('---\n".a":\n  x:\n  - 1\nb:\n  x:\n  - 1\nc:\n  x:\n  - 1\n  z: 2\n');
  });

  it('writes keys that are no text as text, and numbers as they are', () => {
    const loaded = loadConfig('on: 1.10\n1: :sym\n2: [.inf, 0x1f, 1.0e-5]\n', { file: 'f' });
    if (!loaded.ok) throw new Error('unreadable');
    expect(writeYaml(loaded.content, MOST)).toBe("---\n'true': 1.1\n'1': :sym\n'2':\n- .inf\n- 31\n- 1.0e-05\n");
  });

  it('gives up what would be too long, also where aliases multiply', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level <= 3; level += 1) {
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
    }
    const loaded = loadConfig(`${lines.join('\n')}\n`, { file: 'f' });
    if (!loaded.ok) throw new Error('unreadable');
    expect(writeYaml(loaded.content, 10_000)).toBeUndefined();
    expect(writeYaml(loaded.content, MOST)).toContain('a3:');
  });
});

const HARD = ['yes', '010', '1_000', '2020-01-01', '', '~', 'a: b', '- x', '?', ':', '<<', '.5', '---', '...', '\r'];
const PIECES = fc.oneof(
  fc.constantFrom(...HARD, ...'ab:- #\n\'"\\,[{}]?!&*|>%@`1.0_\t$=~é'),
  fc.constantFrom('\n', ' ', 'word '.repeat(20), 'x'.repeat(130), '\u{1F680}', '\u2028', '\u0085', '\uFEFF', '\0'),
);
const TEXT = fc.array(PIECES, { maxLength: 6 }).map((pieces) => pieces.join(''));
const TREE = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    TEXT,
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(TEXT, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).tree;

describe('any tree', () => {
  it('is the same after writing and reading', () => {
    fc.assert(
      fc.property(fc.dictionary(TEXT, TREE, { minKeys: 1, maxKeys: 3, noNullPrototype: true }), (tree) => {
        expect(readBack(writeYaml(mapOf(tree), MOST) ?? '')).toEqual(tree);
      }),
      { numRuns: 500 },
    );
  });
});
