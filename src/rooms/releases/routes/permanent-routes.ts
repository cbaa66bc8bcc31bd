import { type ApiRequest, type Route, redirect, route, string, toQuery } from '../../../http/index.ts';
import { invalid, notFound } from '../../../kit/errors.ts';
import type { ProjectSubject } from '../../projects/index.ts';
import { getRelease } from '../change-links.ts';
import { findLatestTag } from '../store.ts';
import { READS, type ReleaseRouteDeps, WRITES } from './deps.ts';
import { refuseWithoutCode } from './release-routes.ts';

const latest = async (deps: ReleaseRouteDeps, subject: ProjectSubject, request: ApiRequest, suffix: string) => {
  refuseWithoutCode(subject);
  const tag = await findLatestTag(deps.db, subject.project.id);
  if (tag === undefined) throw notFound();
  const { order_by: _order, ...query } = request.query;
  const asked = toQuery(query);
  const release = `${request.baseUrl}/api/v4/projects/${subject.project.id}/releases/${encodeURIComponent(tag)}`;
  return redirect(`${release}${suffix}${asked === '' ? '' : `?${asked}`}`);
};

/** Addresses that stay while releases come and go. Each answer leads on (302). */
export const permanentRoutes = (deps: ReleaseRouteDeps): readonly Route[] => {
  const guard = deps.project('read_release', READS);
  const id = string({ required: true });
  return [
    route({
      method: 'GET',
      path: '/projects/:id/releases/permalink/latest',
      summary: 'The latest release',
      params: { id },
      guard,
      handler: ({ subject, request }) => latest(deps, subject, request, ''),
    }),
    route({
      method: 'GET',
      path: '/projects/:id/releases/permalink/latest/*suffix_path',
      summary: 'What belongs to the latest release',
      params: { id, suffix_path: string({ required: true }) },
      guard,
      handler: ({ subject, params, request }) =>
        latest(deps, subject, request, `/${params.suffix_path.split('/').map(encodeURIComponent).join('/')}`),
    }),
    route({
      method: 'GET',
      path: '/projects/:id/releases/:tag_name/downloads/*direct_asset_path',
      summary: 'Download what a link of a release leads to',
      params: { id, tag_name: string({ required: true }), direct_asset_path: string({ required: true }) },
      guard,
      handler: async ({ subject, params }) => {
        refuseWithoutCode(subject);
        const { links } = await getRelease(deps, subject.project.id, params.tag_name);
        const link = links.find(({ filepath }) => filepath === `/${params.direct_asset_path}`);
        if (link === undefined) throw notFound();
        // Written out: what may stand in a text may not stand in a header.
        return redirect(new URL(link.url).href);
      },
    }),
    route({
      method: 'POST',
      path: '/projects/:id/releases/:tag_name/evidence',
      summary: 'Refused: evidence of releases is not collected',
      params: { id, tag_name: string({ required: true }) },
      guard: deps.project('create_release', WRITES),
      handler: () => Promise.reject(invalid('Release evidence is not collected by this version of Penstock')),
    }),
  ];
};
