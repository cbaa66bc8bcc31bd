import type { JsonValue } from '../compiled-bridge.ts';
import { isUnsupported, type KeywordHolder } from '../unsupported-keywords.ts';
import type { Shape } from './shape.ts';

/** One keyword at one place. */
export interface KeywordEntry {
  readonly shape: Shape;
  /** One sentence: what it is for. */
  readonly about: string;
  /** What counts when it is not given. */
  readonly default?: JsonValue;
  /** The version of GitLab that brought it, where old ones may still be around. */
  readonly since?: string;
  /** It works, and something else has taken its place: which. */
  readonly deprecated?: string;
}

/** A map with keywords: a job, `artifacts`, a rule … */
export interface Holder {
  readonly about: string;
  /** In the order in which the compiler lists them. */
  readonly keywords: Readonly<Record<string, KeywordEntry>>;
  /** Whether another key is an error. */
  readonly closed: boolean;
  readonly required?: readonly string[];
  /** Of each group exactly one must be given. */
  readonly exactlyOne?: readonly (readonly string[])[];
  /** Of each group at most one may be given. */
  readonly atMostOne?: readonly (readonly string[])[];
  /** keyword → what must be given with it. */
  readonly together?: Readonly<Record<string, readonly string[]>>;
  readonly notEmpty?: boolean;
  /** As what `unsupported-keywords.ts` knows it. */
  readonly effects?: KeywordHolder;
}

/** Every holder by name. */
export type KeywordTable = Readonly<Record<string, Holder>>;

/**
 * A holder of the keywords that the compiler lists, `keys`. The types see to it that each of them is described and no
 * other one.
 */
export const defineHolder = <const Key extends string>(
  keys: readonly Key[],
  about: string,
  keywords: Readonly<Record<NoInfer<Key>, KeywordEntry>>,
  more: Omit<Holder, 'about' | 'keywords' | 'closed'> & { readonly closed?: boolean } = {},
): Holder => ({
  closed: true,
  ...more,
  about,
  keywords: Object.fromEntries(keys.map((key) => [key, keywords[key]] as const)),
});

/** Whether this version does what the keyword asks for. */
export const isActedOn = ({ effects }: Holder, keyword: string): boolean =>
  effects === undefined || !isUnsupported(effects, keyword);
