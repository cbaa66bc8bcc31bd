import type { CompiledRelease } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import type { YamlMap } from '../yaml/index.ts';
import { allowKeys, checkValue, should } from './checks.ts';
import { isRefName } from './is-ref-name.ts';
import { isIsoTime } from './iso-time.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { isBlank, isMap, isText, isTextList, isTextOrSymbol, textsOf } from './node-tests.ts';
import { fail, givenValue, hasFailed, type Place } from './place.ts';
import { releaseAssetsKeyword } from './release-assets.ts';

export const RELEASE_KEYS = [
  'tag_name',
  'tag_message',
  'name',
  'description',
  'ref',
  'released_at',
  'milestones',
  'assets',
] as const;

/** The release that the job makes when its script has succeeded. The job's shell expands the texts. */
export const releaseKeyword: Keyword<CompiledRelease> = {
  name: 'release',
  read: (place) => {
    const map = place.node;
    checkValue(place, should.beMap);
    if (!isMap(map)) return undefined;
    checkMap(place, map);
    if (hasFailed(place)) return undefined;
    const assets = readKeyword(place, map, releaseAssetsKeyword);
    const text = (name: string): string | undefined => {
      const value = givenValue(map, name);
      return value?.kind === 'scalar' && value.text !== '' ? value.text : undefined;
    };
    const milestones = givenValue(map, 'milestones');
    return {
      tagName: text('tag_name') ?? '',
      description: text('description') ?? '',
      milestones: milestones === undefined ? [] : textsOf(milestones),
      links: assets ?? [],
      ...definedOnly({
        tagMessage: text('tag_message'),
        name: text('name'),
        ref: text('ref'),
        releasedAt: text('released_at'),
      }),
    };
  },
};

const checkMap = (place: Place, map: YamlMap): void => {
  allowKeys(place, map, RELEASE_KEYS);
  requireText(place, map, 'tag_name');
  const message = givenValue(map, 'tag_message');
  if (message !== undefined && !isBlank(message) && !isText(message)) fail(place, 'tag_message', should.beText.message);
  requireText(place, map, 'description');
  const milestones = givenValue(map, 'milestones');
  if (milestones !== undefined && !isBlank(milestones) && !isTextList(milestones) && !isTextOrSymbol(milestones)) {
    fail(place, 'milestones', should.beTextsOrText.message);
  }
  const releasedAt = givenValue(map, 'released_at');
  if (releasedAt !== undefined && !(isText(releasedAt) && isIsoTime(releasedAt.text))) {
    fail(place, 'released_at', 'must be a valid datetime', 'Write it as in `2026-01-31T12:00:00Z`, in quotes.');
  }
  const ref = givenValue(map, 'ref');
  if (ref !== undefined && !(isText(ref) && isRefName(ref.text))) fail(place, 'ref', 'must be a valid ref');
};

const requireText = (place: Place, map: YamlMap, name: string): void => {
  const value = givenValue(map, name);
  if (value === undefined || !isText(value)) fail(place, name, should.beText.message);
  if (value === undefined || isBlank(value)) fail(place, name, should.bePresent.message);
};
