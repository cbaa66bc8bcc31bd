import { diagnosticAt } from '../config-error.ts';
import { isUnsupported, type KeywordHolder, unsupportedMessage } from '../unsupported-keywords.ts';
import type { YamlEntry, YamlMap } from '../yaml/index.ts';
import { givenEntry, labelOfEntry, locationOf, type Place, pathOf } from './place.ts';

/** Notes keywords that GitLab acts on and this version does not. What becomes of them is decided for the whole file. */
export const noteUnsupported = (place: Place, map: YamlMap, holder: KeywordHolder): void => {
  for (const { name } of map.entries) {
    const entry = name === undefined || !isUnsupported(holder, name) ? undefined : givenEntry(map, name);
    if (entry !== undefined && !isOff(entry)) note(place, entry);
  }
};

/** `pages: false` asks for nothing. */
const isOff = ({ name, value }: YamlEntry): boolean =>
  name === 'pages' && value.kind === 'scalar' && value.value === false;

const note = (place: Place, entry: YamlEntry): void => {
  const label = labelOfEntry(entry);
  const outer = locationOf(place);
  const what = outer === '' ? label : `${outer}:${label}`;
  const { position } = entry.key;
  place.unsupported.push(diagnosticAt('error', unsupportedMessage(what), position, [...pathOf(place), label]));
};
