import type { Variable } from './variable.ts';

/** A definition being visited, and how many of its references have been followed. */
interface Visit {
  readonly node: number;
  readonly id: number;
  readonly stackLength: number;
  lowest: number;
  followed: number;
}

/**
 * Groups definitions that refer to each other (Tarjan's strongly connected components), the ones referred to first.
 * The order is that of Ruby's TSort, on which the values of variables with several definitions depend.
 */
export function sortVariables(
  variables: readonly Variable[],
  referencesOf: (variable: Variable) => readonly string[],
): readonly (readonly Variable[])[] {
  const definitions = new Map<string, number[]>();
  for (const [index, { key }] of variables.entries()) {
    const known = definitions.get(key);
    if (known === undefined) definitions.set(key, [index]);
    else known.push(index);
  }
  const children = variables.map((variable) =>
    [...new Set(referencesOf(variable))].flatMap((name) => definitions.get(name) ?? []),
  );
  /** Undefined: not met yet. Infinity: its component is complete. */
  const ids: (number | undefined)[] = variables.map(() => undefined);
  const components: (readonly Variable[])[] = [];
  const stack: number[] = [];
  let met = 0;
  const begin = (node: number): Visit => {
    const visit: Visit = { node, id: met, stackLength: stack.length, lowest: met, followed: 0 };
    ids[node] = met;
    met += 1;
    stack.push(node);
    return visit;
  };
  const finish = (visit: Visit): void => {
    if (visit.lowest !== visit.id) return;
    const component = stack.splice(visit.stackLength);
    for (const node of component) ids[node] = Number.POSITIVE_INFINITY;
    components.push(component.flatMap((node) => variables[node] ?? []));
  };
  for (const root of variables.keys()) {
    if (ids[root] !== undefined) continue;
    const path: Visit[] = [begin(root)];
    for (let visit = path[path.length - 1]; visit !== undefined; visit = path[path.length - 1]) {
      const child = children[visit.node]?.[visit.followed];
      visit.followed += 1;
      const childId = child === undefined ? undefined : ids[child];
      if (child === undefined) {
        finish(visit);
        path.pop();
        const parent = path[path.length - 1];
        if (parent !== undefined) parent.lowest = Math.min(parent.lowest, visit.lowest);
      } else if (childId === undefined) path.push(begin(child));
      else visit.lowest = Math.min(visit.lowest, childId);
    }
  }
  return components;
}
