import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { YamlNode } from './node.ts';
import { parseDocuments } from './parse-documents.ts';

/** A readable form: maps as `[key, value]` lists so that order and key types show. */
function show(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'reference':
      return node.shown;
    case 'seq':
      return node.items.map(show);
    case 'map':
      return { map: node.entries.map((entry) => [show(entry.key), show(entry.value)]) };
  }
}

function read(text: string): unknown {
  const { documents, diagnostics } = parseDocuments(text, { file: 'ci.yml' });
  if (diagnostics.length > 0) return diagnostics.map((each) => each.message);
  return documents.length === 1 && documents[0] !== undefined ? show(documents[0]) : documents.map(show);
}

const map = (...entries: readonly unknown[]): unknown => ({ map: entries });

describe('parseDocuments: structure', () => {
  it.each<[string, string, unknown]>([
    ['duplicate keys: last wins at the first place', 'a: 1\nb: 2\na: 3\n', map(['a', 3], ['b', 2])],
    ['duplicate keys in flow maps', '{a: 1, a: 2}', map(['a', 2])],
    ['keys that are not text are kept', 'on: 1\n1: 2\nnull: 3\n', map([true, 1], [1, 2], [null, 3])],
    ['a list as a key', '? [a, b]\n: 1\n', map([['a', 'b'], 1])],
    ['keys of the prototype are keys', '__proto__: 1\nconstructor: 2\n', map(['__proto__', 1], ['constructor', 2])],
    ['a symbol key is the text key', ':a: 1\na: 2\n', map(['a', 2])],
    ['no space after the colon in a flow map', '{b:1}', map(['b:1', null])],
    ['quoted key without a space', '{"a":1}', map(['a', 1])],
    ['closing bracket at the key’s own column', 'a:\n  only: [\n    b\n  ]\n', map(['a', map(['only', ['b']])])],
    ['closing brace at column one', 'a: {\n  b: 1,\n}\n', map(['a', map(['b', 1])])],
    ['quoted text continued at column one', 'a: "x\ny"\n', map(['a', 'x y'])],
    ['list without indentation', 'a:\n- b\n- c\nd: 1\n', map(['a', ['b', 'c']], ['d', 1])],
    ['quoted scalars stay text', 'a: "010"\nb: \'yes\'\n', map(['a', '010'], ['b', 'yes'])],
    ['tagged quoted scalars are guessed, as in Psych', "a: !foo '010'\n", map(['a', 8])],
    ['the lone tag', 'a: ! 010\n', map(['a', 8])],
    ['!!str', 'a: !!str 010\nb: !!str\n', map(['a', '010'], ['b', ''])],
    ['!!int on a quoted text', "a: !!int '3'\n", map(['a', 3])],
    ['!!binary', 'a: !!binary aGk=\n', map(['a', 'hi'])],
    [
      'unknown local tags are ignored',
      'a: !foo bar\nb: !x [1]\nc: !y {d: 1}\n',
      map(['a', 'bar'], ['b', [1]], ['c', map(['d', 1])]),
    ],
    ['literal block', 'a: |\n  x\n   y\n\n', map(['a', 'x\n y\n'])],
    ['stripped folded block', 'a: >-\n  x\n  y\n\n  z\n', map(['a', 'x y\nz'])],
    ['kept block', 'a: |+\n  x\n\nb: 1\n', map(['a', 'x\n\n'], ['b', 1])],
    ['indentation indicator', 'a: |2\n    x\n', map(['a', '  x\n'])],
    ['folded block keeps more-indented lines', 'a: >\n  x\n    y\n  z\n', map(['a', 'x\n  y\nz\n'])],
    ['plain scalar over lines', 'a: b\n  c\n\n  d\n', map(['a', 'b c\nd'])],
    ['escapes', 'a: "\\x41\\u00e9\\U0001F600\\/\\\n   b"\n', map(['a', 'Aé😀/b'])],
    ['comments', 'a: b # c\n# d\ne: f#g\n', map(['a', 'b'], ['e', 'f#g'])],
    ['CRLF and a byte order mark', '\ufeffa: 1\r\nb: |\r\n  x\r\n', map(['a', 1], ['b', 'x\n'])],
    ['end marker', 'a: 1\n...\nthis: is ignored\n', map(['a', 1])],
    ['symbols act as text', 'a: :b\n', map(['a', 'b'])],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('shares the anchored object with its aliases', () => {
    const { documents } = parseDocuments('a: &x [1]\nb: *x\n&x c: *x\n', { file: 'f' });
    const root = documents[0];
    if (root?.kind !== 'map') throw new Error('a map was expected');
    expect(root.byName.get('b')?.value).toBe(root.byName.get('a')?.value);
    expect(root.byName.get('c')?.value).toMatchObject({ text: 'c' });
  });

  it('does not splice a list alias into a list', () => {
    expect(read('a: &x [1]\nb: [*x, 2]\n')).toEqual(map(['a', [1]], ['b', [[1], 2]]));
  });

  it('knows anchors within one document only', () => {
    expect(read('a: &x 1\n---\nb: *x\n')).toEqual(['An alias referenced an unknown anchor: x']);
  });
});

describe('parseDocuments: merge keys', () => {
  it.each<[string, string, unknown]>([
    ['earlier keys are overwritten', 'b: 3\n<<: {b: 2, c: 1}\n', map(['b', 2], ['c', 1])],
    ['later keys override', '<<: {b: 2}\nb: 3\n', map(['b', 3])],
    ['in a list the first wins', '<<: [{a: 1, b: 1}, {b: 2, c: 2}]\n', map(['b', 1], ['c', 2], ['a', 1])],
    ['several merge keys, the later overwrites', '<<: {a: 1}\n<<: {a: 2}\n', map(['a', 2])],
    ['shallow', 'x: {k: 1}\n<<: {x: {l: 2}}\n', map(['x', map(['l', 2])])],
    ['quoted merges too', "'<<': {a: 1}\n", map(['a', 1])],
    ['!!str does not merge', '!!str <<: {a: 1}\n', map(['<<', map(['a', 1])])],
    ['a scalar stays an ordinary key', '<<: 5\n', map(['<<', 5])],
    ['null stays an ordinary key', '<<:\n', map(['<<', null])],
    ['a list with something else stays', '<<: [{a: 1}, 5]\n', map(['<<', [map(['a', 1]), 5]])],
    [
      'an alias of a list stays',
      'l: &l [{a: 1}]\nm: {<<: *l}\n',
      map(['l', [map(['a', 1])]], ['m', map(['<<', [map(['a', 1])]])]),
    ],
    [
      'an alias of a map',
      'x: &x {a: 1, b: 2}\ny: {b: 0, <<: *x, a: 9}\n',
      map(['x', map(['a', 1], ['b', 2])], ['y', map(['b', 2], ['a', 9])]),
    ],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });
});

describe('parseDocuments: !reference', () => {
  const reference = (text: string): unknown => {
    const root = parseDocuments(text, { file: 'f' }).documents[0];
    const value = root?.kind === 'map' ? root.byName.get('a')?.value : undefined;
    return value?.kind === 'reference' ? [value.path, value.shown] : value;
  };

  it.each<[string, unknown]>([
    ['a: !reference [.b, script]\n', [['.b', 'script'], '!reference [".b", "script"]']],
    ['a: !reference [b, 1]\n', [undefined, '!reference ["b", 1]']],
    ['a: !reference [[b], null]\n', [undefined, '!reference [["b"], nil]']],
    ['a: !reference []\n', [undefined, '!reference []']],
    ['a: !reference b\n', [undefined, '!reference "b"']],
    ['a: !reference {b: 1}\n', [undefined, '!reference {"b"=>1}']],
  ])('reads %j', (text, expected) => {
    expect(reference(text)).toEqual(expected);
  });

  it('does not register the anchor of a reference, as Psych does not', () => {
    expect(read('a: &x !reference [b]\nc: *x\n')).toEqual(['An alias referenced an unknown anchor: x']);
  });

  it('shows a reference over shared data in bounded space', () => {
    const bomb = `${aliasBomb(12, 'seq')}z: !reference [*a11, *a11]\n`;
    const { diagnostics } = parseDocuments(bomb, { file: 'f' });
    expect(diagnostics.map((each) => each.message)).toEqual(['The parsed YAML is too big']);
  });
});

describe('parseDocuments: refusals', () => {
  it.each([
    ['a: 2001-12-14\n', 'Tried to load unspecified class: Date'],
    ['a: !ruby/object:Foo {}\n', 'Tried to load unspecified class: Foo'],
    ['a: !ruby/regexp /x/\n', 'Tried to load unspecified class: Regexp'],
    ['a: !!set {b}\n', 'Tried to load unspecified class: Psych::Set'],
    ['a: *b\n', 'An alias referenced an unknown anchor: b'],
    ['a: 0x_\n', 'Invalid YAML syntax'],
  ])('refuses %j', (text, message) => {
    expect(read(text)).toEqual([message]);
  });

  it('tells where the refused scalar stands', () => {
    const { diagnostics } = parseDocuments('a: 1\nb:\n  - 2001-12-14\n', { file: 'ci.yml' });
    expect(diagnostics[0]?.position).toEqual({ file: 'ci.yml', line: 3, column: 5 });
  });
});

describe('parseDocuments: dividers', () => {
  it.each<[string, string, unknown]>([
    ['a leading divider', '---\na: 1\n', map(['a', 1])],
    ['a comment after the divider', 'a: 1\n--- # note\nb: 2\n', [map(['a', 1]), map(['b', 2])]],
    ['blank documents are dropped', '# c\n---\na: 1\n---\n{}\n', map(['a', 1])],
    [
      'only the first document of the third part is read',
      'a: 1\n---\nb: 1\n---\nc: 1\n---\nd: 1\n',
      [map(['a', 1]), map(['b', 1]), map(['c', 1])],
    ],
    ['no divider without whitespace behind it', 'a: 1\n---', map(['a', 1])],
    ['the divider swallows blank lines and the next indentation', '---\n\n  a: 1\nb: 2\n', map(['a', 1], ['b', 2])],
    ['content on the divider’s line may be a map', '--- a: b\n', map(['a', 'b'])],
    ['blank', ' \n# nothing\n', []],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('so an indented root map after the divider is a syntax error, told at its place in the file', () => {
    const { diagnostics } = parseDocuments('---\n  a: 1\n  b: 2\n', { file: 'f' });
    expect(diagnostics).toEqual([
      {
        message: '(<unknown>): mapping values are not allowed in this context at line 3 column 4',
        position: { file: 'f', line: 3, column: 4 },
      },
    ]);
  });

  it('so a directive is cut from its document and refused', () => {
    expect(read('%YAML 1.2\n---\na: 1\n')).toEqual([
      '(<unknown>): did not find expected <document start> at line 1 column 1',
    ]);
  });

  it('gives nodes of later documents their place in the file', () => {
    const { documents } = parseDocuments('spec: 1\n\n---\n\n  job: 1\n', { file: 'f' });
    expect(documents[1]?.position).toEqual({ file: 'f', line: 5, column: 3 });
  });
});

function aliasBomb(levels: number, kind: 'seq' | 'map'): string {
  let text = kind === 'seq' ? 'a0: &a0 [x]\n' : 'a0: &a0 {x: 1}\n';
  for (let level = 1; level < levels; level += 1) {
    const alias = `*a${level - 1}`;
    const items = Array.from({ length: 9 }, (_, index) => (kind === 'seq' ? alias : `k${index}: ${alias}`));
    const body = kind === 'seq' ? `[${items.join(', ')}]` : `{${items.join(', ')}}`;
    text += `a${level}: &a${level} ${body}\n`;
  }
  return text;
}

/** Milliseconds of processor time of the fastest of some runs: the machine may be busy with other things. */
function fastest(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round += 1) {
    const before = process.threadCpuUsage();
    run();
    const { user, system } = process.threadCpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

describe('parseDocuments: limits', () => {
  const tooBig = ['The parsed YAML is too big'];
  const mergeBomb = `a: &a\n${Array.from({ length: 3000 }, (_, index) => `  k${index}: 1\n`).join('')}${'m: {<<: *a}\n'.repeat(3000)}`;

  it.each([
    ['lists', aliasBomb(20, 'seq')],
    ['maps', aliasBomb(20, 'map')],
    ['merge keys', mergeBomb],
    ['an alias inside itself', 'a: &a [*a]\n'],
    ['nesting', `${'['.repeat(101)}${']'.repeat(101)}`],
    ['endless nesting', '['.repeat(100_000)],
    ['nested block lists', `${'- '.repeat(5000)}a`],
  ])('answers a bomb of %s at once', (_, text) => {
    expect(read(text)).toEqual(tooBig);
    expect(fastest(() => read(text))).toBeLessThan(100);
  });

  it('allows a hundred levels', () => {
    expect(read(`${'['.repeat(100)}${']'.repeat(100)}`)).toBeInstanceOf(Array);
    expect(read(`${'['.repeat(100)}${']'.repeat(100)}`)).not.toEqual(tooBig);
  });

  it('refuses a text beyond 2 MiB before reading it', () => {
    const text = `a: ${'é'.repeat(1024 * 1024)}\n`;
    expect(read(text)).toEqual(['The provided YAML is too big']);
    expect(read(`#${'é'.repeat(1024 * 1024 - 1)}\n`)).toEqual([]);
  });

  it.each([
    ['spaces', ' '.repeat(300_000)],
    ['tabs', '\t'.repeat(300_000)],
    ['colons', `a: ${':'.repeat(300_000)}`],
    ['quotes', `"${'\n'.repeat(300_000)}`],
    ['items in deep lists', `${'['.repeat(390)}${'a,'.repeat(100_000)}`],
    ['possible keys', '"a" '.repeat(75_000)],
    ['digits', `a: ${'1'.repeat(300_000)}`],
    ['octal digits', `a: 0${'7'.repeat(300_000)}`],
    ['underscores', `a: ${'1_'.repeat(150_000)}x`],
    ['times', `a: 2001-01-01${' '.repeat(300_000)}x`],
    ['dividers', '---\n'.repeat(75_000)],
  ])('reads %s in linear time', (_, text) => {
    read(text.slice(0, 1000));
    expect(fastest(() => read(text))).toBeLessThan(1000);
  });
});

const CHARACTERS = 'ab1:- \n\t[]{},#"\'%@\\é~\u2028\u0000';
const WORDS = '010 &x *x !t !!str !reference <<: ? 😀 12:30 2001-01-01 :s __proto__ |\n >-\n ---\n ...\n \ud800';
const PIECES = [': ', '- ', '\n  ', '\n- ', '\r\n', ...CHARACTERS.split(''), ...WORDS.split(' ')];

describe('parseDocuments: any text', () => {
  const piece = fc.constantFrom(...PIECES);

  it('gives documents or diagnostics with places inside the text, and never throws', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const { documents, diagnostics } = parseDocuments(text, { file: 'f' });
        const lines = text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).length;
        for (const { position } of [...documents, ...diagnostics]) {
          expect(position.line).toBeGreaterThanOrEqual(1);
          expect(position.line).toBeLessThanOrEqual(lines + 1);
          expect(position.column).toBeGreaterThanOrEqual(1);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('reads any JSON data back', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const { documents, diagnostics } = parseDocuments(`x: ${JSON.stringify(value)}\n`, { file: 'f' });
        // JSON may hold what YAML forbids (control characters) or numbers that Psych reads as text (1e21).
        if (diagnostics.length > 0 || /\d[eE]|[\p{Cc}\ud800-\udfff]|<<|":?$/u.test(JSON.stringify(value))) return;
        const root = documents[0];
        expect(root?.kind === 'map' ? jsonOf(root.entries[0]?.value) : undefined).toEqual(
          JSON.parse(JSON.stringify(value)),
        );
      }),
    );
  });
});

function jsonOf(node: YamlNode | undefined): unknown {
  if (node === undefined || node.kind === 'reference') return undefined;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'seq') return node.items.map(jsonOf);
  return Object.fromEntries(node.entries.map((entry) => [entry.name ?? '', jsonOf(entry.value)]));
}
