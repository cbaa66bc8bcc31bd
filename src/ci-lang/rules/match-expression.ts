import { type Expression, evaluate, metered, type SeenVariable } from '../expressions/index.ts';
import { seeValue } from '../trace/see-values.ts';
import type { IfTrace } from '../trace/trace.ts';
import type { RuleContext } from './rule-context.ts';

/** An expression as the file has it. */
export interface Condition {
  readonly text: string;
  readonly expression: Expression;
}

/** Whether an expression holds, with what it read. */
export const matchExpression = ({ text, expression }: Condition, { variables, repository }: RuleContext): IfTrace => {
  const read = new Map<string, SeenVariable>();
  const onRead = (seen: SeenVariable): void => void read.set(`${seen.kind} ${seen.name}`, seen);
  const holds = metered(repository.regexes, () => evaluate(expression, variables.raw, { onRead }));
  const values = [...read.values()].map(({ kind, name, value }) => seeValue(kind, name, value, variables));
  return { kind: 'if', holds, expression: text, values };
};
