import type { CompileMemory } from '../compile-memory.ts';
import { ConfigError, diagnosticAt, refuse } from '../config-error.ts';
import type { LoadedFile } from '../inputs/index.ts';
import { loadConfig } from '../yaml/index.ts';

/** How a file is read. */
export interface ReadOptions {
  /** Its path without secrets, where that differs. */
  readonly shown?: string;
  readonly memory?: CompileMemory | undefined;
}

/**
 * One file of the configuration, its inputs not put in yet. The project's own file counts as an included one, so its errors name it as
 * well: `` `.gitlab-ci.yml`: (<unknown>): did not find expected key … ``.
 */
export const readConfigFile = (text: string, path: string, { shown = path, memory }: ReadOptions = {}): LoadedFile => {
  const key = `${path}\n${text}`;
  const known = memory?.files.find(key);
  if (known !== undefined) return known;
  const loaded = loadConfig(text, { file: path });
  if (!loaded.ok) {
    const errors = loaded.diagnostics.map(({ message, position }) =>
      diagnosticAt('error', `\`${shown}\`: ${message}`, position, []),
    );
    refuse(errors);
    throw new ConfigError([invalidYaml(path, shown)]);
  }
  if (loaded.content.entries.length === 0) throw new ConfigError([invalidYaml(path, shown)]);
  memory?.files.keep(key, loaded);
  return loaded;
};

/** A configuration that came by itself: no file is named in messages, and one without keys is for the keywords to refuse. */
export const readGivenText = (text: string, path: string): LoadedFile => {
  const loaded = loadConfig(text, { file: path });
  if (loaded.ok) return loaded;
  const [first, ...rest] = loaded.diagnostics.map(({ message, position }) =>
    diagnosticAt('error', message, position, []),
  );
  throw new ConfigError([first ?? invalidYaml(path, path), ...rest]);
};

const invalidYaml = (path: string, shown: string) =>
  diagnosticAt(
    'error',
    `Included file \`${shown}\` does not have valid YAML syntax!`,
    { file: path, line: 1, column: 1 },
    [],
  );
