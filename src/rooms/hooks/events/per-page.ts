import type { Page, PayloadDeps } from './event-definition.ts';

interface WithPage {
  readonly page: Page;
}

/**
 * What all payloads of a page share, read once: `load` is called for the first that asks. What it answers lives as long
 * as the page. A failure is kept too: the page is built again by the next round.
 */
export const perPage = <Value, Deps extends WithPage = PayloadDeps>(
  load: (deps: Deps) => Promise<Value>,
): ((deps: Deps) => Promise<Value>) => {
  const find = perPageKey<'', Value, Deps>(load);
  return (deps) => find(deps, '');
};

/** The same for each key: a project, a commit, a pipeline. */
export const perPageKey = <Key extends string | number, Value, Deps extends WithPage = PayloadDeps>(
  load: (deps: Deps, key: Key) => Promise<Value>,
): ((deps: Deps, key: Key) => Promise<Value>) => {
  const kept = new WeakMap<Page, Map<Key, Promise<Value>>>();
  return (deps, key) => {
    const ofPage = kept.get(deps.page) ?? new Map<Key, Promise<Value>>();
    kept.set(deps.page, ofPage);
    const value = ofPage.get(key) ?? load(deps, key);
    ofPage.set(key, value);
    return value;
  };
};
