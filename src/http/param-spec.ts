import type { RawParams, RawValue } from './raw-params.ts';

/** One complaint about one parameter: `{ attribute: 'variables[0][key]', text: 'is missing' }`. */
export interface Problem {
  readonly attribute: string;
  readonly text: string;
}

/** What became of a parameter: its value, or why it has none. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A declared parameter. `T` is what the handler gets. Made by the functions of `params.ts`. */
export interface ParamSpec<T> {
  /** GitLab's word for the type, for the API description: `string`, `integer`, `array` … */
  readonly type: string;
  readonly required: boolean;
  readonly description: string | undefined;
  readonly default: unknown;
  readonly values: readonly unknown[] | undefined;
  /** Both inclusive; of numbers. */
  readonly range: { readonly min?: number; readonly max?: number } | undefined;
  /** Of an array: each element. */
  readonly item: ParamSpec<unknown> | undefined;
  /** Of a hash, or of each hash of an array: its declared keys. */
  readonly children: ParamSpecs | undefined;
  /** `name` is the full name for messages; `raw` is undefined when the parameter did not arrive. */
  readonly read: (raw: RawValue | undefined, name: string, nested: boolean) => Reading<T>;
}

export type ParamSpecs = Readonly<Record<string, ParamSpec<unknown>>>;

/** The typed parameters of a route. Every declared name is there; an optional one that did not arrive is undefined. */
export type Params<P extends ParamSpecs> = {
  readonly [K in keyof P]: P[K] extends ParamSpec<infer T> ? T : never;
};

/** A rule between parameters. Looks at what arrived, not at values. */
export interface ParamRule {
  readonly names: readonly string[];
  readonly check: (raw: RawParams) => readonly Problem[];
}
