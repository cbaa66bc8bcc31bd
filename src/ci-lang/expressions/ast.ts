import type { Regex } from './regex.ts';

export type BinaryOperator = '==' | '!=' | '=~' | '!~' | '&&' | '||';

/** A parsed `if` expression. `column` is 1-based in the expression's own text. */
export type Expression =
  | { readonly type: 'text'; readonly value: string; readonly column: number }
  | { readonly type: 'boolean'; readonly value: boolean; readonly column: number }
  | { readonly type: 'null'; readonly column: number }
  /** `/body/flags` as written. */
  | { readonly type: 'pattern'; readonly source: string; readonly regex: Regex; readonly column: number }
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
