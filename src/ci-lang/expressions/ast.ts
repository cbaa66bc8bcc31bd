export type BinaryOperator = '==' | '!=' | '=~' | '!~' | '&&' | '||';

/** A parsed `if` expression. `column` is 1-based in the expression's own text. */
export type Expression =
  | { readonly type: 'text'; readonly value: string; readonly column: number }
  | { readonly type: 'boolean'; readonly value: boolean; readonly column: number }
  | { readonly type: 'null'; readonly column: number }
  /** `/body/flags`; `body` with `\/` already turned into `/`. */
  | { readonly type: 'pattern'; readonly body: string; readonly flags: string; readonly column: number }
  | { readonly type: 'variable'; readonly name: string; readonly column: number }
  /** `$[[ inputs.name ]]`: null outside `spec:inputs:rules`. */
  | { readonly type: 'input'; readonly name: string; readonly column: number }
  | { readonly type: 'not'; readonly operand: Expression; readonly column: number }
  | {
      readonly type: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly column: number;
    };

export type ParsedExpression =
  | { readonly ok: true; readonly ast: Expression }
  | { readonly ok: false; readonly error: string; readonly column: number };

/** A variable's value, or undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

/** What an evaluation saw, for the question "why". Called once per variable or input read, in reading order. */
export interface SeenVariable {
  readonly name: string;
  readonly value: string | boolean | null;
  readonly column: number;
}

export interface EvaluateOptions {
  readonly inputs?: (name: string) => string | boolean | undefined;
  readonly onRead?: (seen: SeenVariable) => void;
}
// parseExpression(text: string): ParsedExpression
// evaluate(ast: Expression, lookup: Lookup, options?: EvaluateOptions): boolean
