/** What the value of a keyword looks like: enough to say it in a schema, no more. */
export type Shape =
  | TextShape
  | { readonly kind: 'boolean' | 'number' | 'duration' | 'expression' | 'anything' }
  | { readonly kind: 'integer'; readonly from?: number; readonly to?: number }
  /** One of these words. */
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | ListShape
  | MapShape
  | { readonly kind: 'either'; readonly of: readonly Shape[] }
  /** A map with keywords of its own: a holder of the table, by its name. */
  | { readonly kind: 'holder'; readonly holder: string }
  /** The compiler knows the keyword here, to refuse it by name. */
  | { readonly kind: 'refused' };

interface TextShape {
  readonly kind: 'text';
  /** A regular expression of JavaScript, searched for. */
  readonly pattern?: string;
  /** Characters. */
  readonly atMost?: number;
  readonly notBlank?: boolean;
}

interface ListShape {
  readonly kind: 'list';
  readonly of: Shape;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Lists inside the list count as their elements, and null as no element: so a `!reference` may add several. */
  readonly nested?: boolean;
}

/** A map with names of the user's choice. */
interface MapShape {
  readonly kind: 'map';
  readonly of: Shape;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** A name without a value says something. */
  readonly nulls?: boolean;
}

export const anything: Shape = { kind: 'anything' };
export const boolean: Shape = { kind: 'boolean' };
export const number: Shape = { kind: 'number' };
export const duration: Shape = { kind: 'duration' };
export const expression: Shape = { kind: 'expression' };
export const refused: Shape = { kind: 'refused' };
export const text = (limits: Omit<TextShape, 'kind'> = {}): Shape => ({ kind: 'text', ...limits });
export const integer = (from?: number, to?: number): Shape => ({
  kind: 'integer',
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
});
export const word = (words: readonly string[]): Shape => ({ kind: 'word', words });
export const list = (of: Shape, limits: Omit<ListShape, 'kind' | 'of'> = {}): Shape => ({
  kind: 'list',
  of,
  ...limits,
});
export const map = (of: Shape, limits: Omit<MapShape, 'kind' | 'of'> = {}): Shape => ({
  kind: 'map',
  of,
  ...limits,
});
export const either = (...of: readonly Shape[]): Shape => ({ kind: 'either', of });
export const holder = (name: string): Shape => ({ kind: 'holder', holder: name });

export const texts = (atMost?: number): Shape => list(text(), atMost === undefined ? {} : { atMost });
/** A text, or a list of texts. */
export const textOrTexts: Shape = either(text(), list(text()));
/** A text, or texts in lists in lists. */
export const script: Shape = either(text(), list(text(), { nested: true }));
/** What a variable may be: it becomes a text. */
export const scalar: Shape = either(text(), number, boolean);
