/** A node of the syntax tree, as far as this rule looks at it. */
interface SyntaxNode {
  readonly type: string;
  readonly name?: string;
  readonly object?: SyntaxNode;
  readonly property?: SyntaxNode;
  readonly callee?: SyntaxNode;
  readonly arguments?: readonly SyntaxNode[];
}

interface RuleContext {
  readonly report: (problem: { readonly node: SyntaxNode; readonly message: string }) => void;
}

const BANNED = new Set(['Date.now', 'Math.random', 'Temporal.Now', 'performance.now']);

const named = (node: SyntaxNode | undefined): string =>
  node?.type === 'Identifier' ? (node.name ?? '') : node?.type === 'MemberExpression' ? memberName(node) : '';

const memberName = (node: SyntaxNode): string =>
  `${named(node.object)}.${named(node.property)}`.replace('globalThis.', '');

const create = (context: RuleContext) => {
  const refuse = (node: SyntaxNode, what: string): void =>
    context.report({ node, message: `${what} in a pure folder: take the time (or the chance) as an argument` });
  const isDate = (node: SyntaxNode): boolean =>
    named(node.callee) === 'Date' || named(node.callee) === 'globalThis.Date';
  return {
    MemberExpression: (node: SyntaxNode): void => {
      if (BANNED.has(memberName(node))) refuse(node, memberName(node));
    },
    NewExpression: (node: SyntaxNode): void => {
      if (isDate(node) && node.arguments?.length === 0) refuse(node, 'new Date()');
    },
    CallExpression: (node: SyntaxNode): void => {
      if (isDate(node)) refuse(node, 'Date()');
    },
  };
};

/**
 * The linter's rule `penstock/pure-time`: the pure folders ask nobody what time it is and throw no dice. The types there
 * (`types: []`) cannot say so, for `Date` and `Math` belong to the language.
 */
export default { meta: { name: 'penstock' }, rules: { 'pure-time': { create } } };
