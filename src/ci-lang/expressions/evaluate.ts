import type { BinaryOperator, Expression } from './ast.ts';
import { compileRegexLiteral, type Regex } from './regex.ts';

/** A variable's value, or undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

/** A value of an input as `spec:inputs:rules` sees it. */
export type InputValue = string | number | boolean | null;

/** What an evaluation read, for the question "why". */
export interface SeenVariable {
  readonly kind: 'variable' | 'input';
  readonly name: string;
  /** Null when it is not set. */
  readonly value: InputValue;
  /** 1-based, in the expression's text. */
  readonly column: number;
}

export interface EvaluateOptions {
  /** The inputs of `spec:inputs:rules`; elsewhere an input is null. */
  readonly inputs?: (name: string) => InputValue | undefined;
  /** Called for each variable and input that is read, in order; what `&&` and `||` pass over is not read. */
  readonly onRead?: (seen: SeenVariable) => void;
}

type Value = InputValue | Regex;

function isRegex(value: Value): value is Regex {
  return typeof value === 'object' && value !== null;
}

/** Ruby's truth: only null and false are false, so the empty text is true. */
function isTruthy(value: Value): boolean {
  return value !== null && value !== false;
}

/** Rails' `present?`: not null, not false, not empty or whitespace only. */
function isPresent(value: Value): boolean {
  return typeof value === 'string' ? !/^\p{White_Space}*$/u.test(value) : isTruthy(value);
}

function toText(value: Value): string {
  if (value === null) return '';
  return isRegex(value) ? '(regular expression)' : String(value);
}

/** Plain equality, except that a boolean and a text compare as texts. A regular expression equals nothing but itself. */
function isEqual(left: Value, right: Value): boolean {
  const mixed =
    (typeof left === 'boolean' && typeof right === 'string') ||
    (typeof left === 'string' && typeof right === 'boolean');
  return mixed ? String(left) === String(right) : left === right;
}

/**
 * `=~`. A text on the right is a regular expression when it has the form `/…/flags` and RE2 takes it; any other text is
 * searched *for the left text*.
 */
function matches(left: Value, right: Value): boolean {
  if (!isTruthy(right)) return false;
  const text = toText(left);
  if (isRegex(right)) return right.test(text);
  const pattern = toText(right);
  return compileRegexLiteral(pattern)?.test(text) ?? pattern.includes(text);
}

class Evaluation {
  readonly #lookup: Lookup;
  readonly #options: EvaluateOptions;

  constructor(lookup: Lookup, options: EvaluateOptions) {
    this.#lookup = lookup;
    this.#options = options;
  }

  value(node: Expression): Value {
    switch (node.type) {
      case 'text':
      case 'boolean':
        return node.value;
      case 'null':
        return null;
      case 'pattern':
        return node.regex;
      case 'variable':
        return this.#seen('variable', node.name, this.#lookup(node.name) ?? null, node.column);
      case 'input':
        return this.#seen('input', node.name, this.#options.inputs?.(node.name) ?? null, node.column);
      case 'not':
        return !isPresent(this.value(node.operand));
      case 'binary':
        return this.#binary(node.operator, node.left, node.right);
    }
  }

  #binary(operator: BinaryOperator, leftNode: Expression, rightNode: Expression): Value {
    const left = this.value(leftNode);
    if (operator === '&&') return isTruthy(left) ? this.value(rightNode) : left;
    if (operator === '||') return isTruthy(left) ? left : this.value(rightNode);
    const right = this.value(rightNode);
    switch (operator) {
      case '==':
        return isEqual(left, right);
      case '!=':
        return !isEqual(left, right);
      case '=~':
        return matches(left, right);
      case '!~':
        return !matches(left, right);
    }
  }

  #seen(kind: SeenVariable['kind'], name: string, value: InputValue, column: number): InputValue {
    this.#options.onRead?.({ kind, name, value, column });
    return value;
  }
}

/**
 * Whether an expression holds. Variables are taken as they are: neither their values nor regular expressions are
 * expanded. The empty text is true inside `&&` and `||`, and false as the result.
 */
export function evaluate(ast: Expression, lookup: Lookup, options: EvaluateOptions = {}): boolean {
  return isPresent(new Evaluation(lookup, options).value(ast));
}
