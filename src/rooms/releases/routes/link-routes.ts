import {
  atLeastOneOf,
  created,
  enumeration,
  integer,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { addLink, changeLink, getRelease, linkOf, removeLink } from '../change-links.ts';
import { presentLink } from '../present.ts';
import { LINK_TYPES } from '../release.ts';
import { READS, type ReleaseRouteDeps, WRITES, writerOf } from './deps.ts';

const releaseParams = { id: string({ required: true }), tag_name: string({ required: true }) };
const linkParams = { ...releaseParams, link_id: integer({ required: true }) };
const pathParams = { direct_asset_path: string(), filepath: string({ description: 'Deprecated: direct_asset_path' }) };

const LINKS = '/projects/:id/releases/:tag_name/assets/links';
const LINK = `${LINKS}/:link_id`;

const readingRoutes = (deps: ReleaseRouteDeps): readonly Route[] => {
  const guard = deps.project('read_release', READS);
  return [
    route({
      method: 'GET',
      path: LINKS,
      summary: 'List the links of a release',
      params: { ...releaseParams, ...pagingParams },
      guard,
      handler: async ({ subject, params, request }) => {
        const release = await getRelease(deps, subject.project.id, params.tag_name);
        const page = pageOf(params);
        const rows = release.links
          .slice(page.offset, page.offset + page.limit)
          .map((link) => presentLink(link, release, request));
        return pageReply(request, page, rows, { total: release.links.length });
      },
    }),
    route({
      method: 'GET',
      path: LINK,
      summary: 'One link of a release',
      params: linkParams,
      guard,
      handler: async ({ subject, params, request }) => {
        const release = await getRelease(deps, subject.project.id, params.tag_name);
        return ok(presentLink(linkOf(release.links, params.link_id), release, request));
      },
    }),
  ];
};

/** `/projects/:id/releases/:tag_name/assets/links`. */
export const linkRoutes = (deps: ReleaseRouteDeps): readonly Route[] => [
  ...readingRoutes(deps),
  route({
    method: 'POST',
    path: LINKS,
    summary: 'Add a link to a release',
    params: {
      ...releaseParams,
      name: string({ required: true }),
      url: string({ required: true }),
      ...pathParams,
      link_type: enumeration(LINK_TYPES, { default: 'other' }),
    },
    guard: deps.project('create_release', WRITES),
    handler: async ({ subject, params, request }) => {
      const { name, url, link_type: linkType, tag_name: tag } = params;
      const filepath = params.direct_asset_path ?? params.filepath ?? null;
      const writer = await writerOf(deps, subject);
      const link = await addLink(deps, writer, tag, { name, url, linkType, filepath });
      return created(presentLink(link, { tag, projectId: writer.project.id }, request));
    },
  }),
  route({
    method: 'PUT',
    path: LINK,
    summary: 'Change a link of a release',
    params: { ...linkParams, name: string(), url: string(), ...pathParams, link_type: enumeration(LINK_TYPES) },
    rules: [atLeastOneOf('name', 'url')],
    guard: deps.project('update_release', WRITES),
    handler: async ({ subject, params, request }) => {
      const { name, url, link_type: linkType, tag_name: tag } = params;
      const filepath = params.direct_asset_path ?? params.filepath;
      const change = {
        ...(name !== undefined && { name }),
        ...(url !== undefined && { url }),
        ...(linkType !== undefined && { linkType }),
        ...(filepath !== undefined && { filepath }),
      };
      const writer = await writerOf(deps, subject);
      const link = await changeLink(deps, writer, tag, params.link_id, change);
      return ok(presentLink(link, { tag, projectId: writer.project.id }, request));
    },
  }),
  route({
    method: 'DELETE',
    path: LINK,
    summary: 'Remove a link from a release',
    params: linkParams,
    guard: deps.project('destroy_release', WRITES),
    handler: async ({ subject, params, request }) => {
      const writer = await writerOf(deps, subject);
      const link = await removeLink(deps, writer, params.tag_name, params.link_id);
      return ok(presentLink(link, { tag: params.tag_name, projectId: writer.project.id }, request));
    },
  }),
];
