/** Where something stands in a source file. `line` and `column` are 1-based; `file` is the name given to the reader. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What a scalar became under Psych's rules. A `symbol` (`:sym`) acts as text without its colon. */
export type ScalarType = 'text' | 'symbol' | 'integer' | 'float' | 'boolean' | 'null';

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly position: SourcePosition;
  readonly type: ScalarType;
  /** The resolved value. Integers beyond 2^53 are approximate here and exact in `text`. */
  readonly value: string | number | boolean | null;
  /** The value as Ruby's `to_s` writes it: `1.10` → "1.1", `1.0` → "1.0", `12:30` → "45000", null → "". */
  readonly text: string;
}

export interface YamlSeq {
  readonly kind: 'seq';
  readonly position: SourcePosition;
  readonly items: readonly YamlNode[];
}

export interface YamlEntry {
  /** The key's text when it is text or a symbol; undefined for other keys (`on:` is true, `1:` is 1, `? [a]` a list). */
  readonly name: string | undefined;
  readonly key: YamlNode;
  readonly value: YamlNode;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly position: SourcePosition;
  /** In Ruby's order: a key keeps the place of its first insertion, the last value wins. */
  readonly entries: readonly YamlEntry[];
  /** The entries with text keys by name. */
  readonly byName: ReadonlyMap<string, YamlEntry>;
}

/** An unresolved `!reference [..]`. */
export interface YamlReference {
  readonly kind: 'reference';
  readonly position: SourcePosition;
  /** The path, or undefined when the tag does not stand on a list of one or more texts (`… is not valid`). */
  readonly path: readonly string[] | undefined;
  /** As GitLab shows it in messages: `!reference ["a", "b"]`. */
  readonly shown: string;
}

/** A node of a document. Aliases are the same object, so a document is a graph: see `measure` before walking one naively. */
export type YamlNode = YamlMap | YamlSeq | YamlScalar | YamlReference;

export interface YamlDiagnostic {
  /** GitLab's text, e.g. `(<unknown>): did not find expected key while parsing a block mapping at line 2 column 1`. */
  readonly message: string;
  readonly position: SourcePosition;
}
