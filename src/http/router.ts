import { badRequestText } from './bad-request-text.ts';
import type { HttpMethod } from './request.ts';
import type { Route } from './route.ts';

export interface RouteMatch {
  readonly route: Route;
  /** Decoded values by the names in the route's path. */
  readonly pathParams: Readonly<Record<string, string>>;
}

/** Finds the route of a request. HEAD counts as GET. */
export interface Router {
  /**
   * `path` as it came, with its leading slash and percent-encoding. A fixed segment wins over `:name`, which wins over `*name`; one trailing
   * slash and a `.json` at the end are tolerated. Undefined: no such path, or not with this method. Throws `Bad Request` for a broken encoding.
   */
  find(method: string, path: string): RouteMatch | undefined;
}

interface Branch {
  readonly fixed: Map<string, Branch>;
  one: Branch | undefined;
  many: Branch | undefined;
  readonly routes: Map<HttpMethod, Route>;
}

const branch = (): Branch => ({ fixed: new Map(), one: undefined, many: undefined, routes: new Map() });

const isOne = (segment: string): boolean => segment.startsWith(':');
const isMany = (segment: string): boolean => segment.startsWith('*');
const segmentsOf = (path: string): readonly string[] => path.slice(1).split('/');

/** Builds the tree of routes. Throws for two routes of one shape and method, and for a path with two `*name`. */
export function createRouter(routes: readonly Route[]): Router {
  const root = branch();
  for (const route of routes) plant(root, route);
  return {
    find(method, path) {
      const wanted = methodOf(method);
      if (wanted === undefined || !path.startsWith('/')) return undefined;
      const whole = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
      const found = search(root, segmentsOf(whole), wanted);
      return found ?? (whole.endsWith('.json') ? search(root, segmentsOf(whole.slice(0, -5)), wanted) : undefined);
    },
  };
}

function plant(root: Branch, route: Route): void {
  const segments = segmentsOf(route.path);
  if (!route.path.startsWith('/')) throw new Error(`A route's path begins with a slash: ${route.path}`);
  if (segments.filter(isMany).length > 1) throw new Error(`Only one *name in a path: ${route.path}`);
  let at = root;
  for (const segment of segments) at = child(at, segment);
  if (at.routes.has(route.method)) throw new Error(`Two routes of one shape: ${route.method} ${route.path}`);
  at.routes.set(route.method, route);
}

function child(at: Branch, segment: string): Branch {
  if (isOne(segment)) return (at.one ??= branch());
  if (isMany(segment)) return (at.many ??= branch());
  const found = at.fixed.get(segment) ?? branch();
  at.fixed.set(segment, found);
  return found;
}

const METHODS: ReadonlyMap<string, HttpMethod> = new Map([
  ['GET', 'GET'],
  ['HEAD', 'GET'],
  ['POST', 'POST'],
  ['PUT', 'PUT'],
  ['PATCH', 'PATCH'],
  ['DELETE', 'DELETE'],
]);
const methodOf = (method: string): HttpMethod | undefined => METHODS.get(method);

/** A run of segments that a name took: from `start` up to, not including, `end`. */
type Run = readonly [start: number, end: number];

function search(root: Branch, segments: readonly string[], method: HttpMethod): RouteMatch | undefined {
  const runs: Run[] = [];
  const route = walk(root, 0);
  if (route === undefined) return undefined;
  const captured = runs.map(([start, end]) => segments.slice(start, end).join('/'));
  return { route, pathParams: nameCaptured(route, captured) };

  function walk(at: Branch, index: number): Route | undefined {
    const segment = segments[index];
    if (segment === undefined) return at.routes.get(method);
    const fixed = at.fixed.get(segment);
    const found = fixed === undefined ? undefined : walk(fixed, index + 1);
    return found ?? (segment === '' ? undefined : capture(at.one, [index, index + 1])) ?? walkMany(at, index);
  }

  /** The longest run first, as GitLab's `.+` does; but what stands behind the name in a path wins over a name that takes all. */
  function walkMany(at: Branch, index: number): Route | undefined {
    for (let end = at.many === undefined ? index : segments.length - 1; end > index; end--) {
      const found = captureMany(at, index, end);
      if (found !== undefined) return found;
    }
    return segments.length > index ? captureMany(at, index, segments.length) : undefined;
  }

  function captureMany(at: Branch, index: number, end: number): Route | undefined {
    const isEmpty = end === index + 1 && segments[index] === '';
    return isEmpty ? undefined : capture(at.many, [index, end]);
  }

  function capture(next: Branch | undefined, run: Run): Route | undefined {
    if (next === undefined) return undefined;
    runs.push(run);
    const found = walk(next, run[1]);
    if (found === undefined) runs.pop();
    return found;
  }
}

function nameCaptured(route: Route, captured: readonly string[]): Readonly<Record<string, string>> {
  const names = segmentsOf(route.path).filter((segment) => isOne(segment) || isMany(segment));
  return Object.fromEntries(
    names.map((name, index) => {
      const key = name.slice(1);
      const value = decodeSegment(captured[index] ?? '');
      const isNumber = route.params[key]?.type === 'integer' || (key === 'id' && /^\d+\.json$/u.test(value));
      return [key, isNumber ? value.replace(/\.json$/u, '') : value];
    }),
  );
}

function decodeSegment(encoded: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(encoded);
  } catch {
    throw badRequestText();
  }
  if (decoded.includes('\0')) throw badRequestText();
  return decoded;
}
