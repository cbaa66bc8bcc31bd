import { inspectText, type YamlEntry, type YamlNode } from '../yaml/index.ts';

/** A value inside a text, as Ruby's `to_s` writes it: 1.10 is "1.1", null is "", a list `["a", {:b=>1}]`. */
export const valueText = (value: YamlNode): string => (value.kind === 'scalar' ? value.text : inspectValue(value));

/** As Ruby's `inspect` writes it: text in quotes, null as `nil`. */
export const inspectValue = (value: YamlNode): string => {
  switch (value.kind) {
    case 'reference':
      return value.shown;
    case 'seq':
      return `[${value.items.map(inspectValue).join(', ')}]`;
    case 'map':
      return `{${value.entries.map(inspectEntry).join(', ')}}`;
    case 'scalar':
      if (value.type === 'text') return inspectText(value.text);
      if (value.type === 'symbol') return inspectName(value.text);
      return value.type === 'null' ? 'nil' : value.text;
  }
};

/** GitLab makes symbols of the keys of every map. */
const inspectEntry = ({ name, key, value }: YamlEntry): string =>
  `${name === undefined ? inspectValue(key) : inspectName(name)}=>${inspectValue(value)}`;

/** A key, which is a symbol for GitLab: `:test`. */
export const inspectName = (name: string): string =>
  /^[A-Za-z_]\w*[?!=]?$/.test(name) ? `:${name}` : `:${inspectText(name)}`;
