import type { Mark } from './syntax-error.ts';

/** Tokens that are a mark only. The `block-*` ones have no text: they come from indentation. */
export type BareTokenType =
  | 'stream-end'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value';

export interface ScalarToken {
  readonly type: 'scalar';
  readonly mark: Mark;
  readonly value: string;
  /** Written without quotes and not as a block: the only style whose type is guessed. */
  readonly plain: boolean;
}

export interface TagToken {
  readonly type: 'tag';
  readonly mark: Mark;
  /** `!`, `!!`, `!name!`, or empty for a verbatim tag. */
  readonly handle: string;
  readonly suffix: string;
}

export type Token =
  | { readonly type: BareTokenType; readonly mark: Mark }
  | { readonly type: 'anchor' | 'alias'; readonly mark: Mark; readonly name: string }
  | { readonly type: 'version-directive'; readonly mark: Mark; readonly major: number; readonly minor: number }
  | { readonly type: 'tag-directive'; readonly mark: Mark; readonly handle: string; readonly prefix: string }
  | TagToken
  | ScalarToken;
