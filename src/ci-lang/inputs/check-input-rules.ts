import type { Diagnostic } from '../diagnostic.ts';
import type { Expression } from '../expressions/index.ts';
import type { InputDefinition } from './input-definition.ts';
import { inputProblem } from './inputs-error.ts';

/** Enough of a circle to find it. */
const MOST_NAMES = 10;

/** Rules may ask for inputs that are defined, and in no circle. */
export const checkInputRules = (inputs: readonly InputDefinition[]): readonly Diagnostic[] => {
  const asked = new Map<string, ReadonlySet<string>>();
  const problems: Diagnostic[] = [];
  const known = new Set(inputs.map(({ name }) => name));
  for (const input of inputs) {
    const names = (input.rules ?? []).map((rule) => (rule.if === undefined ? [] : namesIn(rule.if)));
    asked.set(input.name, new Set(names.flat()));
    for (const [index, ofRule] of names.entries()) {
      const unknown = ofRule.filter((name) => !known.has(name));
      if (unknown.length === 0) continue;
      const list = [...new Set(unknown)].join(', ');
      problems.push(problemOf(input, `rule[${index}] references undefined inputs: ${list}`));
    }
  }
  const circle = findCircle(asked);
  const first = inputs.find(({ name }) => name === circle?.[0]);
  if (circle === undefined || first === undefined) return problems;
  const names = circle.slice(0, MOST_NAMES).map((name) => `\`${name}\``);
  const hint = `The rules of ${names.join(', ')}${circle.length > MOST_NAMES ? ' …' : ''} wait for each other.`;
  return [...problems, problemOf(first, 'circular dependency detected', hint)];
};

const problemOf = ({ name, position }: InputDefinition, text: string, hint?: string): Diagnostic =>
  inputProblem(`header:spec:inputs:${name} config ${text}`.toLowerCase(), position, ['spec', 'inputs', name], hint);

const namesIn = (expression: Expression): readonly string[] => {
  switch (expression.type) {
    case 'input':
      return [expression.name];
    case 'not':
      return namesIn(expression.operand);
    case 'binary':
      return [...namesIn(expression.left), ...namesIn(expression.right)];
    default:
      return [];
  }
};

/** Follows the first question of each input that waits for a circle, until it comes back. */
const findCircle = (asked: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] | undefined => {
  const waiting = withoutAnswer(asked);
  const [start] = waiting;
  if (start === undefined) return undefined;
  const steps = new Map<string, number>();
  const path: string[] = [];
  for (let at = start; ; ) {
    const seen = steps.get(at);
    if (seen !== undefined) return path.slice(seen);
    steps.set(at, path.length);
    path.push(at);
    at = [...(asked.get(at) ?? [])].find((name) => waiting.has(name)) ?? at;
  }
};

/** The names that are left when those are taken away, again and again, that ask for nothing that is left. */
const withoutAnswer = (asked: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> => {
  const askers = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const [name, names] of asked) {
    const questions = [...names].filter((each) => asked.has(each));
    open.set(name, questions.length);
    for (const each of questions) {
      const known = askers.get(each) ?? [];
      known.push(name);
      askers.set(each, known);
    }
  }
  const free = [...open].flatMap(([name, count]) => (count === 0 ? [name] : []));
  const waiting = new Set(asked.keys());
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    waiting.delete(name);
    for (const asker of askers.get(name) ?? []) {
      const left = (open.get(asker) ?? 0) - 1;
      open.set(asker, left);
      if (left === 0) free.push(asker);
    }
  }
  return waiting;
};
