import { type BinaryOperator, type Expression, evaluate, type Lookup, parseExpression } from '../expressions/index.ts';
import type { IfTrace } from './trace.ts';

/**
 * What an expression that does not hold asks for, without the parts that hold already: `$CI_COMMIT_TAG set` or
 * `$A == "x" and $B not set`. Undefined when that cannot be said in few words.
 */
export const whatWouldHold = (trace: IfTrace): string | undefined => {
  const parsed = parseExpression(trace.expression);
  if (!parsed.ok || trace.values.some(({ kind, visibility }) => kind === 'input' || visibility !== 'public')) {
    return undefined;
  }
  const known = new Map(trace.values.map(({ name, value }) => [name, value] as const));
  const lookup: Lookup = (name) => {
    const value = known.get(name) ?? undefined;
    return value === undefined ? undefined : String(value);
  };
  return demand(parsed.ast, true, lookup);
};

/** What has to change for the expression to be true, or false; undefined when it is beyond words. */
const demand = (node: Expression, wanted: boolean, lookup: Lookup): string | undefined => {
  switch (node.type) {
    case 'variable':
      return wanted ? `$${node.name} set and not empty` : `$${node.name} empty or not set`;
    case 'not':
      return demand(node.operand, !wanted, lookup);
    case 'binary':
      return demandOfOperator(node, wanted, lookup);
    default:
      return undefined;
  }
};

type Binary = Extract<Expression, { readonly type: 'binary' }>;

const OPPOSITE: Readonly<Partial<Record<BinaryOperator, string>>> = { '==': '!=', '!=': '==', '=~': '!~', '!~': '=~' };

const demandOfOperator = (node: Binary, wanted: boolean, lookup: Lookup): string | undefined => {
  const { operator, left, right } = node;
  if (operator !== '&&' && operator !== '||') {
    const [first, second] = [show(left), show(right)];
    if (first === undefined || second === undefined) return undefined;
    return `${first} ${wanted ? operator : (OPPOSITE[operator] ?? operator)} ${second}`;
  }
  const all = wanted === (operator === '&&');
  const open = [left, right].filter((side) => !all || evaluate(side, lookup) !== wanted);
  const demands = open.map((side) => demand(side, wanted, lookup));
  if (demands.length === 0 || demands.includes(undefined)) return undefined;
  return demands.length === 1 ? demands[0] : `${demands.join(all ? ' and ' : ' or ')}`;
};

const show = (node: Expression): string | undefined => {
  switch (node.type) {
    case 'variable':
      return `$${node.name}`;
    case 'text':
      return JSON.stringify(node.value);
    case 'pattern':
      return node.source;
    case 'null':
      return 'null';
    case 'boolean':
      return String(node.value);
    default:
      return undefined;
  }
};
