import { loadConfig, type YamlNode } from '../../src/ci-lang/yaml/index.ts';

/** The documents of a configuration as plain data. A `!reference` is the list that it stands on, as editors see it. */
export const plainYaml = (text: string): readonly unknown[] => {
  const loaded = loadConfig(text, { file: '.gitlab-ci.yml' });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
  return (loaded.header === undefined ? [loaded.content] : [loaded.header, loaded.content]).map(plainOf);
};

const plainOf = (node: YamlNode): unknown => {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'reference':
      return node.path ?? [];
    case 'seq':
      return node.items.map(plainOf);
    case 'map':
      return Object.fromEntries(
        node.entries.map(({ name, key, value }) => [name ?? (key.kind === 'scalar' ? key.text : ''), plainOf(value)]),
      );
  }
};
