import { type Place, unique } from '../place.ts';
import type { Prepared, Recipes } from '../recipe.ts';
import type { Lane } from '../world.ts';

const R = '/projects/:id/releases';
const T = `${R}/:tag_name`;
const FILE = 'bin/app';

const aLink = () => ({ name: unique('link'), url: `https://example.com/${unique('asset')}` });

/** A release that is made for the call, with a link. */
const made = async ({ project }: Place) => {
  const tag = unique('released');
  const links = [{ ...aLink(), direct_asset_path: `/${FILE}` }];
  const answer = await project.call('POST', '/releases', { json: { tag_name: tag, ref: 'main', assets: { links } } });
  return { tag, linkId: answer.must(201).number('assets', 'links', 0, 'id') };
};

const fresh =
  (json?: () => object) =>
  async (_lane: Lane, place: Place): Promise<Prepared> => {
    const { tag, linkId } = await made(place);
    return {
      path: { tag_name: tag, link_id: linkId, direct_asset_path: FILE, suffix_path: `downloads/${FILE}` },
      ...(json !== undefined && { json: json() }),
    };
  };

export const releaseRecipes: Recipes = {
  [`GET ${R}`]: { prepare: fresh() },
  [`POST ${R}`]: { prepare: () => ({ json: { tag_name: unique('made'), ref: 'main' } }) },
  [`GET ${T}`]: { prepare: fresh() },
  [`PUT ${T}`]: { prepare: fresh(() => ({ name: 'Changed' })) },
  [`DELETE ${T}`]: { prepare: fresh() },
  [`POST ${T}/evidence`]: { prepare: fresh(() => ({})) },
  [`GET ${T}/assets/links`]: { prepare: fresh() },
  [`POST ${T}/assets/links`]: { prepare: fresh(aLink) },
  [`GET ${T}/assets/links/:link_id`]: { prepare: fresh() },
  [`PUT ${T}/assets/links/:link_id`]: { prepare: fresh(() => ({ name: unique('renamed') })) },
  [`DELETE ${T}/assets/links/:link_id`]: { prepare: fresh() },
  [`GET ${T}/downloads/*direct_asset_path`]: { prepare: fresh() },
  [`GET ${R}/permalink/latest`]: { prepare: fresh() },
  [`GET ${R}/permalink/latest/*suffix_path`]: { prepare: fresh() },
};
