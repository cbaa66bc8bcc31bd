// Early signatures; replaced by the real modules behind index.ts.
import type { SourcePosition, YamlDiagnostic, YamlEntry, YamlMap, YamlNode, YamlReference, YamlScalar, YamlSeq } from './node.ts';

/** Every non-blank document of the text, in order (all kinds of root). */
export type ParseDocuments = (
  text: string,
  options: { readonly file: string; readonly maxBytes?: number },
) => { readonly documents: readonly YamlNode[]; readonly diagnostics: readonly YamlDiagnostic[] };

/** A whole configuration file: size checks, header (`spec`), content; `content` is undefined iff there are diagnostics. */
export type LoadConfig = (
  text: string,
  options: { readonly file: string; readonly maxBytes?: number },
) => {
  readonly header: YamlMap | undefined;
  readonly content: YamlMap | undefined;
  readonly diagnostics: readonly YamlDiagnostic[];
};

/** Builders for the compiler (merge, extends, inputs). `buildMap` keeps first place, last value. */
export type BuildMap = (position: SourcePosition, entries: Iterable<YamlEntry>) => YamlMap;
export type BuildText = (position: SourcePosition, value: string) => YamlScalar;
export type BuildSeq = (position: SourcePosition, items: readonly YamlNode[]) => YamlSeq;
/** `undefined` when absent. */
export type FindValue = (map: YamlMap, name: string) => YamlNode | undefined;
/** Plain data: maps as Map<string, …> with non-text keys as Ruby's to_s; throws never. */
export type PlainValue = string | number | boolean | null | readonly PlainValue[] | ReadonlyMap<string, PlainValue> | YamlReference;
export type ToPlain = (node: YamlNode) => PlainValue;
