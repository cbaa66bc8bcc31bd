import { diagnosticAt } from '../config-error.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { JobDefinition } from '../keywords/job-definition.ts';
import { inspectText } from '../yaml/index.ts';

/** The first circle of needs, found as Ruby's TSort does (Tarjan's strongly connected components), without recursion. */
export const findCircularNeeds = (jobs: ReadonlyMap<string, JobDefinition>): readonly Diagnostic[] => {
  const refuse = (what: string, [name = '']: readonly string[]): readonly Diagnostic[] => {
    const position = jobs.get(name)?.position ?? { file: '', line: 1, column: 1 };
    const message = `The pipeline has circular dependencies: ${what}`;
    return [diagnosticAt('error', message, position, ['jobs', name, 'needs'])];
  };
  const needsOf = (name: string): readonly string[] => jobs.get(name)?.needs?.map((need) => need.name) ?? [];
  const found = findCircle([...jobs.keys()], needsOf);
  if (found === undefined) return [];
  const [only] = found;
  if (found.length === 1 && only !== undefined) return refuse(`self-dependency: ${only}`, found);
  return refuse(`topological sort failed: [${found.map(inspectText).join(', ')}]`, found);
};

interface Visit {
  readonly name: string;
  readonly order: number;
  readonly children: readonly string[];
  next: number;
  lowest: number;
}

const findCircle = (
  names: readonly string[],
  childrenOf: (name: string) => readonly string[],
): readonly string[] | undefined => {
  const orders = new Map<string, number>();
  const waiting: string[] = [];
  const closed = new Set<string>();
  for (const start of names) {
    const path: Visit[] = [];
    const enter = (name: string): void => {
      orders.set(name, orders.size);
      waiting.push(name);
      path.push({ name, order: orders.size - 1, children: childrenOf(name), next: 0, lowest: orders.size - 1 });
    };
    if (!orders.has(start)) enter(start);
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      if (visit.next === 0 && visit.children.includes(visit.name)) return [visit.name];
      const child = visit.children[visit.next];
      visit.next += 1;
      if (child !== undefined) {
        const order = orders.get(child);
        if (order === undefined) enter(child);
        else if (!closed.has(child)) visit.lowest = Math.min(visit.lowest, order);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) parent.lowest = Math.min(parent.lowest, visit.lowest);
      if (visit.lowest !== visit.order) continue;
      const component = waiting.splice(waiting.lastIndexOf(visit.name));
      if (component.length > 1) return component;
      for (const name of component) closed.add(name);
    }
  }
  return undefined;
};
