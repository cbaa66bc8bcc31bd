import type { Diagnostic } from '../diagnostic.ts';
import { allowKeys, checkValue, should } from '../keywords/checks.ts';
import { isList, isMap, isText, textsOf } from '../keywords/node-tests.ts';
import {
  errorsOf,
  fail,
  givenEntry,
  hasFailed,
  type Place,
  placeInside,
  placeOfEntry,
  rootPlace,
} from '../keywords/place.ts';
import { LIMITS } from '../limits.ts';
import type { SourcePosition, YamlMap, YamlNode } from '../yaml/index.ts';
import type { InputDefinition } from './input-definition.ts';
import { readInput } from './read-input.ts';

/** The `spec:` of a header. */
export interface SpecDefinition {
  /** In the order of the file; later ones may use earlier ones in their rules. */
  readonly inputs: readonly InputDefinition[];
  /** `spec:include`, each element a text or a map. */
  readonly includes: readonly YamlNode[];
  /** Which values of its component the file may use. */
  readonly component: readonly string[];
  readonly position: SourcePosition;
  /** In GitLab's order. With any of them the rest must not be used. */
  readonly problems: readonly Diagnostic[];
}

export const HEADER_KEYS = ['spec'] as const;
export const SPEC_KEYS = ['inputs', 'include', 'component', 'description'] as const;
export const COMPONENT_VALUES: readonly string[] = ['name', 'sha', 'version', 'reference'];
export const SPEC_INCLUDE_KEYS = ['local', 'file', 'remote', 'project', 'ref', 'integrity'] as const;

export const readSpec = (header: YamlMap): SpecDefinition => {
  const root: Place = { ...rootPlace(header), shownAs: 'header' };
  allowKeys(root, header, HEADER_KEYS);
  const entry = givenEntry(header, 'spec');
  const nothing = { inputs: [], includes: [], component: [], position: header.position };
  const spec = entry === undefined || hasFailed(root) ? nothing : readSpecMap(placeOfEntry(root, entry));
  return { ...spec, problems: errorsOf(root) };
};

const readSpecMap = (place: Place): Omit<SpecDefinition, 'problems'> => {
  const { node, position } = place;
  const nothing = { inputs: [], includes: [], component: [], position };
  checkValue(place, should.beMap);
  if (!isMap(node)) return nothing;
  allowKeys(place, node, SPEC_KEYS);
  checkDescription(place, node);
  if (hasFailed(place)) return nothing;
  const read = <Value>(name: string, keyword: (place: Place) => readonly Value[]): readonly Value[] => {
    const entry = givenEntry(node, name);
    return entry === undefined ? [] : keyword(placeOfEntry(place, entry));
  };
  return {
    inputs: read('inputs', readInputs),
    includes: read('include', readIncludes),
    component: read('component', readComponent),
    position,
  };
};

const checkDescription = (place: Place, spec: YamlMap): void => {
  const description = givenEntry(spec, 'description')?.value;
  if (description === undefined) return;
  if (!isText(description)) return fail(place, 'config_description', 'should be a string');
  const most = LIMITS.specDescriptionLength;
  if (description.text.length > most) {
    fail(place, 'config_description', `is too long (maximum is ${most} characters)`);
  }
};

/** `spec:inputs`, also of a file that a header includes. */
export const readInputs = (place: Place): readonly InputDefinition[] => {
  const { node } = place;
  checkValue(place, should.beMap);
  return isMap(node) ? node.entries.flatMap((entry) => readInput(place, entry) ?? []) : [];
};

const readIncludes = (place: Place): readonly YamlNode[] => {
  const { node } = place;
  if (!isList(node) && !isText(node)) fail(place, 'config', 'should be an array or a string');
  if (hasFailed(place)) return [];
  const items = isList(node) ? node.items : [node];
  for (const [index, item] of items.entries()) {
    checkInclude(placeInside(place, 'include', item, item.position, String(index)));
  }
  return items;
};

const checkInclude = (place: Place): void => {
  const { node } = place;
  checkValue(place, should.beMapOrText);
  if (!isMap(node)) return;
  if (node.byName.has('project') && givenEntry(node, 'file') === undefined) {
    fail(place, 'config', 'must specify the file where to fetch the config from');
  }
  allowKeys(place, node, SPEC_INCLUDE_KEYS);
};

const readComponent = (place: Place): readonly string[] => {
  const { node } = place;
  checkValue(place, should.beList);
  if (hasFailed(place)) return [];
  checkValue(place, should.beTexts);
  if (hasFailed(place)) return [];
  const unknown = textsOf(node).filter((text) => !COMPONENT_VALUES.includes(text));
  if (unknown.length > 0) fail(place, 'config', `contains unknown values: ${unknown.join(', ')}`);
  return textsOf(node);
};
