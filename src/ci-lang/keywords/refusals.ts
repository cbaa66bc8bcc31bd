import { isUnsupported, type KeywordHolder, unsupportedMessage } from '../unsupported-keywords.ts';
import type { YamlEntry, YamlMap } from '../yaml/index.ts';
import { failWith, givenEntry, locationOf, type Place, placeOfEntry } from './place.ts';

/** Refuses what GitLab would act on and this version does not; after GitLab's own errors. */
export const refuseUnsupported = (place: Place, map: YamlMap, holder: KeywordHolder): void => {
  for (const { name } of map.entries) {
    const entry = name === undefined || !isUnsupported(holder, name) ? undefined : givenEntry(map, name);
    if (entry === undefined || isOff(entry)) continue;
    const inner = placeOfEntry(place, entry);
    failWith(inner, unsupportedMessage(locationOf(inner)));
  }
};

/** `pages: false` asks for nothing. */
const isOff = ({ name, value }: YamlEntry): boolean =>
  name === 'pages' && value.kind === 'scalar' && value.value === false;

/** `when: delayed`, of a job or of a rule. */
export const refuseDelayed = (place: Place, map: YamlMap): void => {
  const entry = givenEntry(map, 'when');
  if (entry?.value.kind !== 'scalar' || entry.value.text !== 'delayed' || !isUnsupported('when', 'delayed')) return;
  const inner = placeOfEntry(place, entry);
  failWith(inner, unsupportedMessage(`${locationOf(inner)}: delayed`));
};
