export type { BinaryOperator, Expression } from './ast.ts';
export { type EvaluateOptions, evaluate, type InputValue, type Lookup, type SeenVariable } from './evaluate.ts';
export { type ParsedExpression, parseExpression } from './parse-expression.ts';
export { compileRegex, compileRegexLiteral, type Regex } from './regex.ts';
export { metered, type RegexMeter, TooManyPatterns } from './regex-meter.ts';
