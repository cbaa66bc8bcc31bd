import { describe, expect, it } from 'vitest';
import { parseSyntax } from './parser.ts';
import { YamlSyntaxError } from './syntax-error.ts';

function problem(text: string): string {
  try {
    parseSyntax(text);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    const { line, column } = error.contextMark;
    return `${error.message} at line ${line + 1} column ${column + 1}`;
  }
}

const IN_CONTEXT = 'are not allowed in this context';

/** What libyaml 0.2.5 says to each text, as Ruby shows it. */
describe('parseSyntax refuses in libyaml’s words', () => {
  it.each([
    ['a: b: c\n', `mapping values ${IN_CONTEXT} at line 1 column 5`],
    ['a: - b\n', `block sequence entries ${IN_CONTEXT} at line 1 column 4`],
    ['a: ? b\n', `mapping keys ${IN_CONTEXT} at line 1 column 4`],
    ['--- a: b\n', `mapping values ${IN_CONTEXT} at line 1 column 6`],
    ['a: &x b: 1\n', `mapping values ${IN_CONTEXT} at line 1 column 8`],
    ['a:\n  - b\n c: d\n', 'did not find expected key while parsing a block mapping at line 1 column 1'],
    ['a: b\n- c\n', 'did not find expected key while parsing a block mapping at line 1 column 1'],
    ['- a\nb: c\n', "did not find expected '-' indicator while parsing a block collection at line 1 column 1"],
    ['a: b\nc\n', "could not find expected ':' while scanning a simple key at line 2 column 1"],
    [`${'x'.repeat(1025)}: 1\n`, `mapping values ${IN_CONTEXT} at line 1 column 1026`],
    [
      'a:\n\tb: 1\n',
      'found character that cannot start any token while scanning for the next token at line 2 column 1',
    ],
    ['a: @b\n', 'found character that cannot start any token while scanning for the next token at line 1 column 4'],
    ['a: b\n\tc\n', 'found a tab character that violates indentation while scanning a plain scalar at line 1 column 4'],
    ['[a, b\n', "did not find expected ',' or ']' while parsing a flow sequence at line 1 column 1"],
    ['{a: b]\n', "did not find expected ',' or '}' while parsing a flow mapping at line 1 column 1"],
    ['[a,,b]\n', 'did not find expected node content while parsing a flow node at line 1 column 4'],
    ['a: ]\n', 'did not find expected node content while parsing a block node at line 1 column 4'],
    ["a: 'b\n", 'found unexpected end of stream while scanning a quoted scalar at line 1 column 4'],
    ['a: "\n---\n"\n', 'found unexpected document indicator while scanning a quoted scalar at line 1 column 4'],
    ['a: "\\q"\n', 'found unknown escape character while parsing a quoted scalar at line 1 column 4'],
    ['a: "\\xZZ"\n', 'did not find expected hexdecimal number while parsing a quoted scalar at line 1 column 4'],
    ['a: "\\uD800"\n', 'found invalid Unicode character escape code while parsing a quoted scalar at line 1 column 4'],
    ['a: |x\n', 'did not find expected comment or line break while scanning a block scalar at line 1 column 4'],
    ['a: |0\n', 'found an indentation indicator equal to 0 while scanning a block scalar at line 1 column 4'],
    [
      'a: |\n\tx\n',
      'found a tab character where an indentation space is expected while scanning a block scalar at line 1 column 4',
    ],
    ['a: & b\n', 'did not find expected alphabetic or numeric character while scanning an anchor at line 1 column 4'],
    ['a: *é\n', 'did not find expected alphabetic or numeric character while scanning an alias at line 1 column 4'],
    ['a: !x!y z\n', 'found undefined tag handle while parsing a node at line 1 column 4'],
    ['a: !<x y\n', "did not find the expected '>' while scanning a tag at line 1 column 4"],
    ['a: [!x]\n', 'did not find expected whitespace or line break while scanning a tag at line 1 column 5'],
    ['a: !x%zz b\n', 'did not find URI escaped octet while parsing a tag at line 1 column 4'],
    ['%FOO\n---\n', 'found unknown directive name while scanning a directive at line 1 column 1'],
    ['%YAML 2.0\n---\na\n', 'found incompatible YAML document at line 1 column 1'],
    ['%YAML x\n', 'did not find expected version number while scanning a %YAML directive at line 1 column 1'],
    ['%YAML 1.1\na: 1\n', 'did not find expected <document start> at line 1 column 1'],
    ['a: \u0007\n', 'control characters are not allowed at line 1 column 1'],
    ['[a:, b]\n', "found unexpected ':' while scanning a plain scalar at line 1 column 2"],
    ['[?]\n', "did not find expected ',' or ']' while parsing a flow sequence at line 1 column 1"],
  ])('%j', (text, message) => {
    expect(problem(text)).toBe(message);
  });

  it('points at the problem itself too', () => {
    try {
      parseSyntax('a:\n  - b\n c: d\n');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ mark: { line: 2, column: 1 } });
    }
  });
});

describe('parseSyntax accepts what libyaml accepts', () => {
  it.each([
    'a: |#c\n  x\n',
    "a: 'b'#c\n",
    'a: &x k\n*x: 1\n',
    '[a\n]\n',
    '[a] b\n',
    'a: [\n\tb\n]\n',
    `${'x'.repeat(1024)}: 1\n`,
    '? a\n: b\n',
    '{? a, ? b : c}\n',
    '%TAG !e! tag:x,2000:\n---\na: !e!b c\n',
    'a:\n- b\n-\n- c\n',
    '&a [b]: c\n',
    '%YAML 1.2\n---\na: 1\n',
  ])('%j', (text) => {
    expect(problem(text)).toBe('accepted');
  });

  it('finds no document in blanks and comments', () => {
    expect(parseSyntax(' \n# a\n')).toBeUndefined();
  });
});
