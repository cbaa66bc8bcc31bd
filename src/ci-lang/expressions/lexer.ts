import type { BinaryOperator } from './ast.ts';

export type ExpressionToken =
  | { readonly type: 'open' | 'close' | 'not' | 'null'; readonly column: number }
  | { readonly type: 'operator'; readonly operator: BinaryOperator; readonly column: number }
  | { readonly type: 'boolean'; readonly value: boolean; readonly column: number }
  | { readonly type: 'text' | 'variable' | 'input' | 'pattern'; readonly value: string; readonly column: number };

/** A text that is no expression. `column` is 1-based. */
export class ExpressionError extends Error {
  readonly column: number;

  constructor(message: string, column: number) {
    super(message);
    this.name = 'ExpressionError';
    this.column = column;
  }
}

/** GitLab reads at most 99 tokens. */
const MAX_TOKENS = 99;

/** Tried in this order at each position (GitLab's order of lexemes, patterns apart). */
const SIMPLE_TOKENS: readonly (readonly [RegExp, (match: RegExpExecArray, column: number) => ExpressionToken])[] = [
  [/\(/y, (_, column) => ({ type: 'open', column })],
  [/\)/y, (_, column) => ({ type: 'close', column })],
  [
    /\$\[\[[ \t\r\n\f\v]*inputs\.([\w-]+)[ \t\r\n\f\v]*\]\]/y,
    ([, value = ''], column) => ({ type: 'input', value, column }),
  ],
  [/\$(\w+)/y, ([, value = ''], column) => ({ type: 'variable', value, column })],
  [
    /"([^"\n]*)"|'([^'\n]*)'/y,
    ([, double, single], column) => ({ type: 'text', value: double ?? single ?? '', column }),
  ],
];

const WORD_TOKENS: readonly (readonly [RegExp, (match: RegExpExecArray, column: number) => ExpressionToken])[] = [
  [/null/y, (_, column) => ({ type: 'null', column })],
  [/\b(?:true|false)\b/y, ([value], column) => ({ type: 'boolean', value: value === 'true', column })],
];

const OPERATORS: readonly BinaryOperator[] = ['==', '=~', '!=', '!~', '&&', '||'];

const WHITESPACE = /[ \t\r\n\f\v]*/y;

/**
 * End of the `/pattern/flags` that begins at this index, or -1. The body has at least two characters, none of them an
 * unescaped `/`, except that its last one may be: `/a//` is the pattern `a/`. It does not end in `\`.
 */
function patternEnd(text: string, start: number): number {
  const first = start + 1;
  let at = first;
  let close = -1;
  for (let last = -1; close < 0; ) {
    const character = text[at];
    if (character === '\\' && text[at + 1] === '/') {
      if (text[at + 2] === '/') close = at + 2;
      last = -1;
      at += 2;
    } else if (character !== undefined && character !== '/') {
      last = at;
      at += 1;
    } else if (character === '/' && text[at + 1] === '/' && at > first) close = at + 1;
    else if (character === '/' && last > first && text[last] !== '\\') close = at;
    else return -1;
  }
  let end = close + 1;
  while ('ismU'.includes(text[end] ?? ' ')) end += 1;
  return end;
}

function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(text);
}

interface Step {
  readonly token: ExpressionToken;
  readonly end: number;
}

function firstMatch(kinds: typeof SIMPLE_TOKENS, text: string, index: number): Step | undefined {
  for (const [pattern, build] of kinds) {
    const match = matchAt(pattern, text, index);
    if (match !== null) return { token: build(match, index + 1), end: index + match[0].length };
  }
  return undefined;
}

function nextToken(text: string, index: number): Step {
  const column = index + 1;
  const simple = firstMatch(SIMPLE_TOKENS, text, index);
  if (simple !== undefined) return simple;
  if (text[index] === '/') {
    const end = patternEnd(text, index);
    if (end < 0) throw new ExpressionError('the pattern has no end, or fewer than two characters', column);
    return { token: { type: 'pattern', value: text.slice(index, end), column }, end };
  }
  const word = firstMatch(WORD_TOKENS, text, index);
  if (word !== undefined) return word;
  const operator = OPERATORS.find((each) => text.startsWith(each, index));
  if (operator !== undefined) return { token: { type: 'operator', operator, column }, end: index + 2 };
  if (text[index] === '!') return { token: { type: 'not', column }, end: index + 1 };
  throw new ExpressionError(`unexpected text \`${text.slice(index, index + 20)}\``, column);
}

/** Cuts an expression into tokens. Throws ExpressionError for unknown text and for more than 99 tokens. */
export function tokenize(text: string): readonly ExpressionToken[] {
  const tokens: ExpressionToken[] = [];
  for (let index = 0; ; ) {
    index += matchAt(WHITESPACE, text, index)?.[0].length ?? 0;
    if (index >= text.length) return tokens;
    const { token, end } = nextToken(text, index);
    if (tokens.length === MAX_TOKENS) throw new ExpressionError('too many tokens (maximum is 99)', token.column);
    tokens.push(token);
    index = end;
  }
}
