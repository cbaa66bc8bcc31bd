import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, parseExpression, type SeenVariable } from './index.ts';

const VARIABLES: ReadonlyMap<string, string> = new Map([
  ['A', 'a'],
  ['EMPTY', ''],
  ['SP', '  '],
  ['T', 'true'],
  ['F', 'false'],
  ['ZERO', '0'],
  ['ABC', 'abcde'],
  ['PLAIN', 'xabcx'],
  ['RE', '/^ab.*/'],
  ['REI', '/^AB/i'],
  ['BAD', '/a(/'],
  ['REF', '$A'],
  ['ML', 'l1\nl2'],
  ['MLRE', 'first\n/^ab/\nlast'],
  ['SL', 'a/b'],
  ['9X', 'nine'],
  ['__proto__', 'p'],
]);

function run(text: string): boolean | 'invalid' {
  const parsed = parseExpression(text);
  return parsed.ok ? evaluate(parsed.ast, (name) => VARIABLES.get(name)) : 'invalid';
}

describe('expressions: truth', () => {
  it.each<[string, boolean | 'invalid']>([
    ['$A', true],
    ['$EMPTY', false],
    ['$SP', false],
    ['$UNDEF', false],
    ['$F', true],
    ['$ZERO', true],
    ['"false"', true],
    ['""', false],
    ['true', true],
    ['false', false],
    ['null', false],
    ['/ab/', true],
    ['$9X == "nine"', true],
    ['$__proto__ == "p"', true],
    ['$constructor', false],
    ['$toString == null', true],
    ['$UNDEF == null', true],
    ['$EMPTY == null', false],
    ['$UNDEF == ""', false],
    ['$UNDEF != null', false],
    ['$EMPTY == ""', true],
    ['null == null', true],
    ['$T == true', true],
    ['true == $T', true],
    ['$F == false', true],
    ['$T != true', false],
    ['$A == true', false],
    ['$UNDEF == false', false],
    ['null == false', false],
    ['/ab/ == "ab"', false],
    ['/ab/ == "/ab/"', false],
    ['$A == "a" == true', true],
    ['$A == "a" == "true"', true],
    ['!$EMPTY', true],
    ['!$SP', true],
    ['!$UNDEF', true],
    ['!$A', false],
    ['!!$A', true],
    ['!$A == "a"', false],
    ['!$A == false', true],
    ['!($A == "x")', true],
    ['$EMPTY && $A', true],
    ['$A && $EMPTY', false],
    ['$EMPTY || $A', false],
    ['$UNDEF || $A', true],
    ['$UNDEF && $A', false],
    ['$A == "x" || $A == "a" && $UNDEF', false],
    ['$A || $UNDEF && $UNDEF2', true],
    ['($A || $UNDEF) && $UNDEF2', false],
    ['$A == "x" && $B || $A', true],
    ['"a" == $A && \'a\' == "a"', true],
    ['$A == \'"\' || $A == "a"', true],
    ['$A\n==\t"a"', true],
    ['(($A))', true],
    ['$[[ inputs.x ]] == null', true],
    ['$[[inputs.a-b]]', false],
  ])('%s → %s', (text, expected) => {
    expect(run(text)).toBe(expected);
  });
});

describe('expressions: matching', () => {
  it.each<[string, boolean | 'invalid']>([
    ['$ABC =~ /^ab/', true],
    ['$ABC =~ /AB/', false],
    ['$ABC =~ /AB/i', true],
    ['$ABC =~ /(?i)AB/', true],
    ['$ABC !~ /^ab/', false],
    ['$ABC !~ /^x./', true],
    ['$UNDEF =~ /.*/', true],
    ['$UNDEF =~ /^$/', true],
    ['$UNDEF =~ /a*/', true],
    ['$UNDEF =~ /a+/', false],
    ['$EMPTY =~ /^$/', true],
    ['$ABC =~ $RE', true],
    ['$ABC =~ $REI', true],
    ['$ABC =~ "/^abc/"', true],
    ['$ABC =~ "/e/"', true],
    ['"bc" =~ $PLAIN', true],
    ['$ABC =~ "abc"', false],
    ['$ABC =~ "xabcdex"', true],
    ['$UNDEF =~ $PLAIN', true],
    ['$UNDEF =~ $EMPTY', true],
    ['$ABC =~ $UNDEF', false],
    ['$ABC !~ $UNDEF', true],
    ['$ABC !~ $PLAIN', true],
    ['/ab.*/ =~ $ABC', false],
    ['$ABC =~ $BAD', false],
    ['$BAD =~ $BAD', true],
    ['$ABC =~ $MLRE', true],
    ['$A == $REF', false],
    ['$SL =~ /a\\/b/', true],
    ['$ML =~ /^l2/', false],
    ['$ML =~ /^l2/m', true],
    ['$ML =~ /l1.l2/', false],
    ['$ML =~ /l1.l2/s', true],
    ['$ML =~ /l1$/', false],
    ['$ABC =~ /ab/iii', true],
    ['$ABC =~ /ab/ismU', true],
    ['$SL =~ /a//', true],
    ['!$A =~ /false/', true],
    ['$A == /ab/ || $A', true],
    ['$ABC =~ /\\w+/ && $A =~ /^\\pL$/', true],
  ])('%s → %s', (text, expected) => {
    expect(run(text)).toBe(expected);
  });
});

describe('expressions: refusals', () => {
  it.each<[string, number]>([
    ['', 1],
    ['   ', 4],
    ['$ABC =~ /a/', 9],
    ['$ABC =~ /./', 9],
    ['$ABC =~ //', 9],
    ['$ABC =~ /ab/x', 13],
    ['$ABC =~ /ab\\/', 9],
    ['$ABC =~ /ab', 9],
    ['$ABC =~ /a(/', 9],
    ['$ABC =~ /a(?=b)/', 9],
    ['$ABC =~ /(?<!a)b/', 9],
    ['$ABC =~ /(a)\\1/', 9],
    ['$ABC =~ /a\nb/', 9],
    ['$SL =~ /a/b/', 8],
    ['${A} == "a"', 1],
    ['%A% == "a"', 1],
    ['$A-B', 3],
    ['$A == "a" and $T', 11],
    ['$A == a', 7],
    ['$A == 1', 7],
    ['$A < "b"', 4],
    ['$A == "a\\"b"', 11],
    ['$A == "a\nb"', 7],
    ['$A "a"', 4],
    ['$A == "a" $T', 11],
    ['()', 2],
    ['($A', 1],
    ['$A)', 3],
    ['$A ==', 6],
    ['== $A', 1],
    ['$A && || $T', 7],
    ['!', 2],
    ['$A == trueish', 7],
    ['$A # comment', 4],
  ])('%j at column %i', (text, column) => {
    expect(parseExpression(text)).toMatchObject({ ok: false, column });
  });

  it('reads 99 tokens and no more', () => {
    const operands = (count: number): string => Array.from({ length: count }, () => '$A').join(' && ');
    expect(run(operands(50))).toBe(true);
    expect(run(`${'('.repeat(49)}$A${')'.repeat(49)}`)).toBe(true);
    expect(parseExpression(`${operands(50)} &&`)).toMatchObject({
      ok: false,
      error: 'too many tokens (maximum is 99)',
    });
  });
});

describe('expressions: what was seen', () => {
  const seen = (text: string): readonly SeenVariable[] => {
    const parsed = parseExpression(text);
    const reads: SeenVariable[] = [];
    if (parsed.ok) {
      evaluate(parsed.ast, (name) => VARIABLES.get(name), {
        inputs: (name) => (name === 'flag' ? true : undefined),
        onRead: (read) => reads.push(read),
      });
    }
    return reads;
  };

  it('tells each variable with its value and column', () => {
    expect(seen('$A == "x" || $UNDEF')).toEqual([
      { kind: 'variable', name: 'A', value: 'a', column: 1 },
      { kind: 'variable', name: 'UNDEF', value: null, column: 14 },
    ]);
  });

  it('leaves out what was not read', () => {
    expect(seen('$A || $T').map((read) => read.name)).toEqual(['A']);
    expect(seen('$UNDEF && $T').map((read) => read.name)).toEqual(['UNDEF']);
  });

  it('reads inputs', () => {
    expect(seen('$[[ inputs.flag ]]')).toEqual([{ kind: 'input', name: 'flag', value: true, column: 1 }]);
  });
});

describe('expressions: time', () => {
  const long = 'x'.repeat(100_000);
  const elapsed = (text: string, value: string): number => {
    const before = process.threadCpuUsage();
    const parsed = parseExpression(text);
    if (parsed.ok) evaluate(parsed.ast, () => value);
    return process.threadCpuUsage(before).user / 1000;
  };

  it.each([
    ['nested repetition', '$A =~ /(x+x+)+y/', long],
    ['alternatives', '$A =~ /(x|xx)+$/', `${long}y`],
    ['stars', '$A =~ /.*.*.*=.*/', long],
    ['a pattern in the variable', '$A =~ $A', `/(x+x+)+y/${long}`],
    ['slashes in the variable', '"a" =~ $A', '/i'.repeat(100_000)],
    ['slashes in a literal', `$A =~ /${'a\\/'.repeat(30_000)}`, 'x'],
    ['an open quote', `"${long}`, 'x'],
    ['exclamation marks', '!'.repeat(100_000), 'x'],
    ['parentheses', '('.repeat(100_000), 'x'],
    ['whitespace', `$A${' '.repeat(100_000)}`, ' '.repeat(100_000)],
    ['huge repetition', '$A =~ /((a{100}){100}){100}/', long],
    ['a pattern without end', `$A =~ /${'[a-z]'.repeat(50_000)}/`, long],
  ])('%s does not explode', (_, text, value) => {
    elapsed('$A =~ /warm/', 'x');
    expect(elapsed(text, value)).toBeLessThan(500);
  });

  it('never throws', () => {
    const words = '$A $UNDEF "a" \' " /ab/ / \\ ( ) == != =~ !~ && || ! null true $ [[ inputs. é 😀 i * [ {1000}';
    const piece = fc.constantFrom(' ', '\n', ...words.split(' '));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.string(), (pieces, value) => {
        const parsed = parseExpression(pieces.join(''));
        if (parsed.ok) expect(typeof evaluate(parsed.ast, () => value)).toBe('boolean');
        else expect(parsed.column).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 3000 },
    );
  });
});
