import { remembering } from '../remember.ts';
import type { BinaryOperator, Expression } from './ast.ts';
import { ExpressionError, type ExpressionToken, tokenize } from './lexer.ts';
import { compileRegexLiteral } from './regex.ts';

export type ParsedExpression =
  | { readonly ok: true; readonly ast: Expression }
  /** `column` is 1-based in the expression's text. GitLab itself only says `invalid expression syntax`. */
  | { readonly ok: false; readonly error: string; readonly column: number };

/** Greater binds tighter; `!` binds tightest. */
const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  '==': 3,
  '!=': 3,
  '=~': 3,
  '!~': 3,
  '&&': 2,
  '||': 1,
};

class ExpressionParser {
  readonly #tokens: readonly ExpressionToken[];
  readonly #endColumn: number;
  #next = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
    this.#endColumn = text.length + 1;
  }

  parse(): Expression {
    const expression = this.#binary(1);
    const rest = this.#tokens[this.#next];
    if (rest?.type === 'close') throw new ExpressionError('`)` without `(`', rest.column);
    if (rest !== undefined) throw new ExpressionError('an operator is missing here', rest.column);
    return expression;
  }

  /** Operators of at least this precedence, left-associative. */
  #binary(least: number): Expression {
    let left = this.#unary();
    for (;;) {
      const token = this.#tokens[this.#next];
      if (token?.type !== 'operator' || PRECEDENCE[token.operator] < least) return left;
      this.#next += 1;
      const right = this.#binary(PRECEDENCE[token.operator] + 1);
      left = { type: 'binary', operator: token.operator, left, right, column: token.column };
    }
  }

  #unary(): Expression {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new ExpressionError('a value is missing at the end', this.#endColumn);
    this.#next += 1;
    const { column } = token;
    switch (token.type) {
      case 'not':
        return { type: 'not', operand: this.#unary(), column };
      case 'open':
        return this.#group(column);
      case 'null':
        return { type: 'null', column };
      case 'boolean':
        return { type: 'boolean', value: token.value, column };
      case 'text':
        return { type: 'text', value: token.value, column };
      case 'variable':
      case 'input':
        return { type: token.type, name: token.value, column };
      case 'pattern':
        return this.#pattern(token.value, column);
      case 'close':
      case 'operator':
        throw new ExpressionError('a value is missing here', column);
    }
  }

  #group(column: number): Expression {
    const inner = this.#binary(1);
    if (this.#tokens[this.#next]?.type !== 'close') throw new ExpressionError('`(` without `)`', column);
    this.#next += 1;
    return inner;
  }

  #pattern(source: string, column: number): Expression {
    const regex = compileRegexLiteral(source);
    if (regex === undefined) throw new ExpressionError('invalid regular expression', column);
    return { type: 'pattern', source, regex, column };
  }
}

/** Parses an expression of `rules:if` and its kin. Never throws. */
export const parseExpression: (text: string) => ParsedExpression = remembering(parse);

function parse(text: string): ParsedExpression {
  try {
    return { ok: true, ast: new ExpressionParser(text).parse() };
  } catch (error) {
    if (error instanceof ExpressionError) return { ok: false, error: error.message, column: error.column };
    throw error;
  }
}
