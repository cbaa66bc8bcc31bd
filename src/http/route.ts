import { invalidParams } from './errors.ts';
import { readParams } from './nested-params.ts';
import type { ParamRule, ParamSpecs, Params } from './param-spec.ts';
import type { ApiReply } from './reply.ts';
import type { ApiRequest, HttpMethod } from './request.ts';

/** Who may: throws a refusal, or hands the handler its subject (the project, the job, the user …). */
export interface Guard<S> {
  /** Goes into the table of routes, where every change of authority is a line in a diff. */
  readonly label: string;
  readonly check: (request: ApiRequest) => Promise<S>;
}

export interface RouteInput<P extends ParamSpecs, S> {
  readonly subject: S;
  readonly params: Params<P>;
  readonly request: ApiRequest;
}

export interface RouteDefinition<P extends ParamSpecs, S> {
  readonly method: HttpMethod;
  /**
   * Under `/api/v4`. `:name` is one segment, in which `%2F` decodes to a slash; `*name` is one or more segments, slashes included, and may
   * stand in the middle (`/projects/:id/ref/*ref/trigger/pipeline`), once in a path.
   */
  readonly path: string;
  readonly summary: string;
  /** Declared path, query and body parameters. Undeclared ones are ignored (they stay in `request.rawParams`). */
  readonly params: P;
  /** Rules between parameters, checked after each one alone. */
  readonly rules?: readonly ParamRule[];
  readonly guard: Guard<S>;
  /** By default the guard speaks first and parameters are validated after it. True turns that around (the trigger endpoint). */
  readonly validateBeforeGuard?: boolean;
  /** `params` (default): JSON, form and multipart bodies are read and merged. `stream`: nothing is read, the handler takes `request.body`. */
  readonly body?: 'params' | 'stream';
  /** Bytes. Larger bodies are answered 413. Default: the server's limit; for `stream` none. */
  readonly bodyLimit?: number;
  /** The answer to broken JSON where it is not the usual `{"error":"Invalid JSON format"}`. */
  readonly malformedJson?: () => ApiReply;
  readonly handler: (input: RouteInput<P, S>) => Promise<ApiReply>;
}

/** A route whose types are erased: what the server keeps. Only `route` makes one, so none exists without a guard. */
export interface Route {
  readonly method: HttpMethod;
  readonly path: string;
  readonly summary: string;
  readonly params: ParamSpecs;
  readonly rules: readonly ParamRule[];
  readonly guardLabel: string;
  readonly body: 'params' | 'stream';
  readonly bodyLimit: number | undefined;
  readonly malformedJson: (() => ApiReply) | undefined;
  readonly answer: (request: ApiRequest) => Promise<ApiReply>;
}

/** Makes a route: the guard's and the parameters' types meet the handler's here, and are then erased. */
export function route<const P extends ParamSpecs, S>(definition: RouteDefinition<P, S>): Route {
  const { method, path, summary, params, guard, body = 'params', bodyLimit, malformedJson, rules = [] } = definition;
  return {
    method,
    path,
    summary,
    params,
    rules,
    guardLabel: guard.label,
    body,
    bodyLimit,
    malformedJson,
    answer: async (request) => {
      const early = definition.validateBeforeGuard === true ? validate(definition, request) : undefined;
      const subject = await guard.check(request);
      return definition.handler({ subject, params: early ?? validate(definition, request), request });
    },
  };
}

function validate<P extends ParamSpecs, S>(definition: RouteDefinition<P, S>, request: ApiRequest): Params<P> {
  const reading = readParams(definition.params, request.rawParams);
  const broken = (definition.rules ?? []).flatMap((rule) => rule.check(request.rawParams));
  if (reading.ok && broken.length === 0) return reading.value;
  throw invalidParams([...(reading.ok ? [] : reading.problems), ...broken]);
}

/** `METHOD path  guard`, a line per route, sorted: the table of authority that a test keeps as a snapshot. */
export function routeTable(routes: readonly Route[]): string {
  const lines = routes.map(({ method, path, guardLabel }) => [path, method, guardLabel] as const);
  const width = Math.max(0, ...lines.map(([path]) => path.length));
  return lines
    .toSorted(([pathA, methodA], [pathB, methodB]) => compare(pathA, pathB) || compare(methodA, methodB))
    .map(([path, method, guard]) => `${method.padEnd(6)} ${path.padEnd(width)}  ${guard}\n`)
    .join('');
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
