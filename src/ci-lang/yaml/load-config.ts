import { buildMap } from './build-node.ts';
import type { YamlDiagnostic, YamlMap } from './node.ts';
import { parseDocuments, type YamlOptions } from './parse-documents.ts';

export type LoadedConfig =
  | { readonly ok: true; readonly header: YamlMap | undefined; readonly content: YamlMap }
  | { readonly ok: false; readonly diagnostics: readonly YamlDiagnostic[] };

/**
 * Reads a configuration file: its header when there are several documents and the first has the key `spec` (then the
 * *last* document is the content), else the first document is the content and others are ignored. A file without any
 * document is an empty map. Every document must be a map (`Invalid configuration format`).
 */
export function loadConfig(text: string, options: YamlOptions): LoadedConfig {
  const { documents, diagnostics } = parseDocuments(text, options);
  const maps: YamlMap[] = [];
  const problems = [...diagnostics];
  for (const document of documents) {
    if (document.kind === 'map') maps.push(document);
    else problems.push({ message: 'Invalid configuration format', position: document.position });
  }
  if (problems.length > 0) return { ok: false, diagnostics: problems };
  const [first] = maps;
  if (first === undefined) {
    return { ok: true, header: undefined, content: buildMap({ file: options.file, line: 1, column: 1 }, []) };
  }
  const last = maps[maps.length - 1] ?? first;
  return maps.length > 1 && first.byName.has('spec')
    ? { ok: true, header: first, content: last }
    : { ok: true, header: undefined, content: first };
}
