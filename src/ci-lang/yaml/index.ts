export { buildEntry, buildMap, buildSeq, buildText } from './build-node.ts';
export { inspectNode } from './inspect-node.ts';
export { type LoadedConfig, loadConfig } from './load-config.ts';
export type {
  ScalarType,
  SourcePosition,
  YamlDiagnostic,
  YamlEntry,
  YamlMap,
  YamlNode,
  YamlReference,
  YamlScalar,
  YamlSeq,
} from './node.ts';
export type { YamlOptions } from './parse-documents.ts';
export { floatText, inspectText } from './ruby-text.ts';
export { type PlainValue, toPlain } from './to-plain.ts';
export { writeYaml } from './write-yaml.ts';
