import { ConfigError, configError, diagnosticAt, refuse } from '../config-error.ts';
import { isUnsupported, unsupportedMessage } from '../unsupported-keywords.ts';
import { loadConfig, type YamlMap } from '../yaml/index.ts';

/**
 * One file of the configuration as a map. The project's own file counts as an included one, so its errors name it as
 * well: `` `.gitlab-ci.yml`: (<unknown>): did not find expected key … ``. `shown` is its path without secrets.
 */
export const readConfigFile = (text: string, path: string, shown: string = path): YamlMap => {
  const loaded = loadConfig(text, { file: path });
  if (!loaded.ok) {
    const errors = loaded.diagnostics.map(({ message, position }) =>
      diagnosticAt('error', `\`${shown}\`: ${message}`, position, []),
    );
    refuse(errors);
    throw new ConfigError([invalidYaml(path, shown)]);
  }
  const spec = loaded.header?.byName.get('spec');
  if (spec !== undefined && isUnsupported('file', 'spec')) {
    throw configError(unsupportedMessage('spec'), spec.key.position, ['spec']);
  }
  if (loaded.content.entries.length === 0) throw new ConfigError([invalidYaml(path, shown)]);
  return loaded.content;
};

const invalidYaml = (path: string, shown: string) =>
  diagnosticAt(
    'error',
    `Included file \`${shown}\` does not have valid YAML syntax!`,
    { file: path, line: 1, column: 1 },
    [],
  );
