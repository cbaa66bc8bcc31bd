import type { CompiledService } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import { allowKeys, checkKey, checkValue, should } from './checks.ts';
import { checkImage, IMAGE_KEYS, readImage } from './image.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { flatten, isList, isMap, isNull } from './node-tests.ts';
import { givenValue, hasFailed, type Place, placeInside } from './place.ts';
import { commandKeyword } from './script.ts';
import { plainVariablesKeyword } from './variables.ts';

export const SERVICE_KEYS = ['command', 'alias', 'variables', ...IMAGE_KEYS] as const;

export const servicesKeyword: Keyword<readonly CompiledService[]> = {
  name: 'services',
  read: (place) => {
    checkValue(place, should.beList);
    if (!isList(place.node)) return undefined;
    return flatten(place.node)
      .filter((item) => !isNull(item))
      .flatMap((item, index) => {
        const service = readService(placeInside(place, 'service', item, item.position, String(index)));
        return service === undefined ? [] : [service];
      });
  },
};

const readService = (place: Place): CompiledService | undefined => {
  const { node } = place;
  checkImage(place);
  if (isMap(node)) {
    allowKeys(place, node, SERVICE_KEYS);
    checkKey(place, node, 'alias', should.beText);
  }
  if (hasFailed(place)) return undefined;
  const image = readImage(place);
  if (!isMap(node)) return image;
  const alias = givenValue(node, 'alias');
  return {
    ...image,
    ...definedOnly({
      variables: readKeyword(place, node, plainVariablesKeyword),
      command: readKeyword(place, node, commandKeyword),
      alias: alias?.kind === 'scalar' ? alias.text : undefined,
    }),
  };
};
