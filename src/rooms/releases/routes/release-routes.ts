import {
  arrayOfHashes,
  boolean,
  commaList,
  created,
  enumeration,
  hashOf,
  isoDateTime,
  mutuallyExclusive,
  ok,
  type Params,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { forbidden, invalid, notFound } from '../../../kit/errors.ts';
import { can, type ProjectSubject } from '../../projects/index.ts';
import { changeRelease, createRelease, removeRelease } from '../change-releases.ts';
import { isLinkType, type WantedLink } from '../link-policy.ts';
import { findReleaseOfTag, listReleases, RELEASE_ORDERS } from '../store.ts';
import { presentAll, READS, type ReleaseRouteDeps, WRITES, writerOf } from './deps.ts';

const tagParams = { id: string({ required: true }), tag_name: string({ required: true }) };
const withHtml = { include_html_description: boolean() };

const milestoneParams = { milestones: commaList(), milestone_ids: commaList() };
const MILESTONES_RULE = mutuallyExclusive('milestones', 'milestone_ids');

const createParams = {
  ...tagParams,
  tag_message: string({ description: 'Makes a tag that has to be made an annotated one' }),
  name: string(),
  description: string({ description: 'Markdown' }),
  ref: string({ description: 'Branch, tag or sha, where the tag is made if it is not there' }),
  released_at: isoDateTime({ description: 'Default: now. Later: an upcoming release' }),
  assets: hashOf({
    links: arrayOfHashes({
      name: string({ required: true }),
      url: string({ required: true }),
      direct_asset_path: string(),
      filepath: string({ description: 'Deprecated: direct_asset_path' }),
      link_type: string({ description: 'other, runbook, image, package' }),
    }),
  }),
  ...milestoneParams,
};

type WantedLinks = NonNullable<NonNullable<Params<typeof createParams>['assets']>['links']>;

const wantedLink = (link: WantedLinks[number]): WantedLink => {
  const { link_type: linkType = 'other' } = link;
  if (!isLinkType(linkType)) throw invalid(`'${linkType}' is not a valid link_type`);
  return { name: link.name, url: link.url, filepath: link.direct_asset_path ?? link.filepath ?? null, linkType };
};

/** Whoever may not read the code may not read a release by its tag either. */
export const refuseWithoutCode = ({ actor, project, role }: ProjectSubject): void => {
  if (!can(actor, 'download_code', project, role)) throw forbidden();
};

const readingRoutes = (deps: ReleaseRouteDeps): readonly Route[] => {
  const guard = deps.project('read_release', READS);
  return [
    route({
      method: 'GET',
      path: '/projects/:id/releases',
      summary: 'List releases',
      params: {
        ...pagingParams,
        ...withHtml,
        order_by: enumeration(RELEASE_ORDERS, { default: 'released_at' }),
        sort: enumeration(['asc', 'desc'], { default: 'desc' }),
        updated_before: isoDateTime(),
        updated_after: isoDateTime(),
      },
      guard,
      handler: async ({ subject, params, request }) => {
        const page = pageOf(params);
        const filter = {
          projectIds: [subject.project.id],
          updatedAfter: params.updated_after,
          updatedBefore: params.updated_before,
        };
        const order = { orderBy: params.order_by, sort: params.sort };
        const { releases, total } = await listReleases(deps.db, filter, { ...page, ...order });
        const rows = await presentAll(deps, subject, releases, request, params.include_html_description);
        return pageReply(request, page, rows, { total });
      },
    }),
    route({
      method: 'GET',
      path: '/projects/:id/releases/:tag_name',
      summary: 'The release of a tag',
      params: { ...tagParams, ...withHtml },
      guard,
      handler: async ({ subject, params, request }) => {
        refuseWithoutCode(subject);
        const release = await findReleaseOfTag(deps.db, subject.project.id, params.tag_name);
        if (release === undefined) throw notFound();
        const [shown] = await presentAll(deps, subject, [release], request, params.include_html_description);
        return ok(shown);
      },
    }),
  ];
};

const creationRoute = (deps: ReleaseRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/projects/:id/releases',
    summary: 'Make a release, and its tag where it is not there',
    params: createParams,
    rules: [MILESTONES_RULE],
    guard: deps.project('create_release', WRITES),
    handler: async ({ subject, params, request }) => {
      const release = await createRelease(deps, await writerOf(deps, subject), {
        tag: params.tag_name,
        tagMessage: params.tag_message,
        ref: params.ref,
        name: params.name,
        description: params.description,
        releasedAt: params.released_at,
        milestones: { titles: params.milestones ?? [], ids: params.milestone_ids ?? [] },
        links: (params.assets?.links ?? []).map(wantedLink),
      });
      return created((await presentAll(deps, subject, [release], request))[0]);
    },
  });

/** `/projects/:id/releases`: list, read, create, update, delete. */
export const releaseRoutesOfProject = (deps: ReleaseRouteDeps): readonly Route[] => [
  ...readingRoutes(deps),
  creationRoute(deps),
  route({
    method: 'PUT',
    path: '/projects/:id/releases/:tag_name',
    summary: 'Change a release',
    params: {
      ...tagParams,
      name: string(),
      description: string({ nullable: true }),
      released_at: isoDateTime(),
      ...milestoneParams,
    },
    rules: [MILESTONES_RULE],
    guard: deps.project('update_release', WRITES),
    handler: async ({ subject, params, request }) => {
      const { name, description, released_at: releasedAt, milestones, milestone_ids: ids } = params;
      const change = {
        ...(name !== undefined && { name }),
        ...(description !== undefined && { description }),
        ...(releasedAt !== undefined && { releasedAt }),
      };
      const wanted =
        milestones === undefined && ids === undefined ? undefined : { titles: milestones ?? [], ids: ids ?? [] };
      const release = await changeRelease(deps, await writerOf(deps, subject), params.tag_name, change, wanted);
      return ok((await presentAll(deps, subject, [release], request))[0]);
    },
  }),
  route({
    method: 'DELETE',
    path: '/projects/:id/releases/:tag_name',
    summary: 'Delete a release; its tag stays',
    params: tagParams,
    guard: deps.project('destroy_release', WRITES),
    handler: async ({ subject, params, request }) => {
      const release = await removeRelease(deps, await writerOf(deps, subject), params.tag_name);
      return ok((await presentAll(deps, subject, [release], request))[0]);
    },
  }),
];
