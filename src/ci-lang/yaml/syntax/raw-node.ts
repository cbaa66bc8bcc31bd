import type { Mark } from './syntax-error.ts';

interface Properties {
  readonly mark: Mark;
  readonly anchor: string | undefined;
  /** The full tag, for example `!reference` or `tag:yaml.org,2002:str`. */
  readonly tag: string | undefined;
}

export interface RawScalar extends Properties {
  readonly kind: 'scalar';
  readonly value: string;
  /** Quoted or a block scalar, and untagged: always text (Psych's `quoted`). */
  readonly quoted: boolean;
}

export interface RawSeq extends Properties {
  readonly kind: 'seq';
  readonly items: readonly RawNode[];
}

export interface RawPair {
  readonly key: RawNode;
  readonly value: RawNode;
}

export interface RawMap extends Properties {
  readonly kind: 'map';
  readonly pairs: readonly RawPair[];
}

export interface RawAlias {
  readonly kind: 'alias';
  readonly mark: Mark;
  readonly name: string;
}

/** A node as written: no types guessed, no aliases followed, no merge keys applied. */
export type RawNode = RawScalar | RawSeq | RawMap | RawAlias;
