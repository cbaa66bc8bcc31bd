import { diagnosticAt } from '../config-error.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { SourcePosition, YamlEntry, YamlMap, YamlNode } from '../yaml/index.ts';

/**
 * One keyword of the file while it is read, with what is wrong there. Places form GitLab's tree of entries, which
 * decides what is reported and in which order: a place's own errors first, then those inside it; and nothing inside
 * is read when the place itself is wrong.
 */
export interface Place {
  readonly node: YamlNode;
  readonly position: SourcePosition;
  /** As GitLab's messages call it (`rule` for each element of `rules`); empty for the root. */
  readonly label: string;
  /** As the path of a diagnostic calls it (the index of an element). */
  readonly step: string;
  readonly parent: Place | undefined;
  /** Stands in messages in place of the location. */
  readonly shownAs?: string;
  readonly own: Diagnostic[];
  readonly inner: Place[];
  /** One list for the whole tree. */
  readonly warnings: Diagnostic[];
  /** One list for the whole tree: sound keywords that nothing acts on yet. */
  readonly unsupported: Diagnostic[];
}

export const rootPlace = (node: YamlNode): Place => ({
  node,
  position: node.position,
  label: '',
  step: '',
  parent: undefined,
  own: [],
  inner: [],
  warnings: [],
  unsupported: [],
});

/** The place of a value inside; its errors come after those of the places made before it. */
export const placeInside = (
  parent: Place,
  label: string,
  node: YamlNode,
  position: SourcePosition = node.position,
  step: string = label,
): Place => {
  const { warnings, unsupported } = parent;
  const place: Place = { node, position, label, step, parent, own: [], inner: [], warnings, unsupported };
  parent.inner.push(place);
  return place;
};

export const placeOfEntry = (parent: Place, entry: YamlEntry): Place =>
  placeInside(parent, labelOfEntry(entry), entry.value, entry.key.position);

/** What messages and paths call an entry. */
export const labelOfEntry = ({ name, key }: YamlEntry): string => name ?? labelOf(key);

const labelOf = (key: YamlNode): string => (key.kind === 'scalar' ? key.text : key.kind);

/** `jobs:rspec:artifacts`. */
export const locationOf = (place: Place): string => {
  if (place.shownAs !== undefined) return place.shownAs;
  const outer = place.parent === undefined ? '' : locationOf(place.parent);
  return outer === '' ? place.label : `${outer}:${place.label}`;
};

/** `['jobs', 'rspec', 'artifacts']`. */
export const pathOf = (place: Place): readonly string[] =>
  place.parent === undefined ? [] : [...pathOf(place.parent), place.step];

export const hasFailed = (place: Place): boolean => place.own.length > 0;

/** GitLab shows a keyword's name in words and everything in small letters: `jobs:rspec allow failure should be …`. */
export const fail = (place: Place, attribute: string, message: string, hint?: string): void => {
  const value = attribute === 'config' ? undefined : entryOf(place.node, attribute);
  const path = value?.name === undefined ? pathOf(place) : [...pathOf(place), value.name];
  const text = `${locationOf(place)} ${attribute.replaceAll('_', ' ')} ${message}`.trimStart().toLowerCase();
  report(place, text, value?.key.position ?? place.position, path, hint);
};

/** What `fail` says of the place as a whole, shown at one of its keys. */
export const failAtKey = (place: Place, entry: YamlEntry, message: string, hint?: string): void => {
  const text = `${locationOf(place)} config ${message}`.trimStart().toLowerCase();
  failAt(place, text, entry, hint);
};

/** An error of this place about something inside it that has no place of its own. */
export const failAt = (place: Place, message: string, entry: YamlEntry, hint?: string): void =>
  report(place, message, entry.key.position, [...pathOf(place), labelOfEntry(entry)], hint);

/** A message that GitLab builds without its usual frame. */
export const failWith = (place: Place, message: string, hint?: string): void =>
  report(place, message, place.position, pathOf(place), hint);

/** Something that GitLab lets pass. */
export const warn = (place: Place, message: string): void => {
  place.warnings.push(diagnosticAt('warning', `${locationOf(place)} ${message}`, place.position, pathOf(place)));
};

const report = (place: Place, message: string, at: SourcePosition, path: readonly string[], hint?: string): void => {
  const diagnostic = diagnosticAt('error', message, at, path);
  place.own.push(hint === undefined ? diagnostic : { ...diagnostic, hint });
};

const entryOf = (node: YamlNode, attribute: string): YamlEntry | undefined =>
  node.kind === 'map' ? node.byName.get(attribute.replace(/^config_/, '')) : undefined;

/** Every error in GitLab's order. */
export const errorsOf = (place: Place): readonly Diagnostic[] => {
  const found: Diagnostic[] = [];
  const visit = (current: Place): void => {
    found.push(...current.own);
    for (const inner of current.inner) visit(inner);
  };
  visit(place);
  return found;
};

/** The value of a keyword; null stands for "not given". */
export const givenEntry = (map: YamlMap, name: string): YamlEntry | undefined => {
  const entry = map.byName.get(name);
  return entry === undefined || (entry.value.kind === 'scalar' && entry.value.type === 'null') ? undefined : entry;
};

export const givenValue = (map: YamlMap, name: string): YamlNode | undefined => givenEntry(map, name)?.value;

/** The text of a scalar that is given, whatever its type; undefined for any other value. */
export const givenText = (map: YamlMap, name: string): string | undefined => {
  const value = givenValue(map, name);
  return value?.kind === 'scalar' ? value.text : undefined;
};
