import {
  type ApiRequest,
  created,
  enumeration,
  noContent,
  ok,
  type Params,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { notFound } from '../../../kit/errors.ts';
import {
  findCommit,
  findObjectContent,
  listRefs,
  parseSignature,
  type Ref,
  type RefOrder,
  type Repository,
  tagMessageOf,
} from '../../../platform/git/index.ts';
import type { ProjectSubject } from '../../projects/index.ts';
import { createTag, deleteTag } from '../change-tags.ts';
import { presentTag, type RefContext, type TagAnnotation } from '../present-refs.ts';
import { repositoryOf } from '../repositories.ts';
import { type RepositoryRouteDeps, refContextOf, writerOf } from './deps.ts';
import { listReply, nameSearch } from './listing.ts';

const PREFIX = 'refs/tags/';
const ORDERS = { name: 'name', updated: 'date', version: 'version' } as const;

const listParams = {
  id: string({ required: true }),
  order_by: enumeration(['name', 'updated', 'version'], { default: 'updated' }),
  sort: enumeration(['asc', 'desc'], { default: 'desc' }),
  search: string({ description: '^x begins with, x$ ends with' }),
  pagination: string(),
  page_token: string(),
  ...pagingParams,
};

const findAnnotation = async (repository: Repository, ref: Ref): Promise<TagAnnotation | undefined> => {
  const tag = ref.annotated ? await findObjectContent(repository, ref.targetSha) : undefined;
  if (tag?.type !== 'tag') return undefined;
  const text = tag.content.toString('utf8');
  const [, tagger = ''] = /^tagger (.*)$/m.exec(text.slice(0, text.indexOf('\n\n'))) ?? [];
  return { message: tagMessageOf(tag.content), createdAt: parseSignature(tagger).date };
};

const nameOf = ({ fullRef }: Ref): string => fullRef.slice(PREFIX.length);

/** Without tags that do not lead to a commit. */
const presentAll = async (
  deps: RepositoryRouteDeps,
  repository: Repository,
  refs: readonly Ref[],
  context: RefContext,
) => {
  const releases = await deps.tagReleases.find(context.project.id, refs.map(nameOf));
  const shown = refs.map(async (ref) => {
    const commit = ref.commitSha === undefined ? undefined : await findCommit(repository, ref.commitSha);
    if (commit === undefined) return [];
    return [presentTag(ref, commit, await findAnnotation(repository, ref), releases.get(nameOf(ref)), context)];
  });
  return (await Promise.all(shown)).flat();
};

const listTags = async (
  deps: RepositoryRouteDeps,
  subject: ProjectSubject,
  params: Params<typeof listParams>,
  request: ApiRequest,
) => {
  const repository = repositoryOf(deps, subject.project);
  const order: RefOrder = params.sort === 'asc' ? ORDERS[params.order_by] : `-${ORDERS[params.order_by]}`;
  const searched = nameSearch(params.search);
  const refs = (await listRefs(repository, PREFIX, { order })).filter(
    (ref) => ref.commitSha !== undefined && searched(nameOf(ref)),
  );
  const context = await refContextOf(deps, subject, request);
  return listReply(request, params, refs, nameOf, (shown) => presentAll(deps, repository, shown, context));
};

/** Tags: list, read, create, delete. */
export const tagRoutes = (deps: RepositoryRouteDeps): readonly Route[] => {
  const tagParams = { id: string({ required: true }), tag_name: string({ required: true }) };
  const writeGuard = deps.project('create_tag', { authenticateFirst: true });
  const readGuard = deps.project('download_code', { jobToken: 'READ_REPOSITORIES' });
  return [
    route({
      method: 'GET',
      path: '/projects/:id/repository/tags',
      summary: 'List tags',
      params: listParams,
      guard: readGuard,
      handler: ({ subject, params, request }) => listTags(deps, subject, params, request),
    }),
    route({
      method: 'GET',
      path: '/projects/:id/repository/tags/:tag_name',
      summary: 'Read a tag',
      params: tagParams,
      guard: readGuard,
      handler: async ({ subject, params, request }) => {
        const repository = repositoryOf(deps, subject.project);
        const refs = await listRefs(repository, PREFIX);
        const ref = refs.find(({ fullRef }) => fullRef === `${PREFIX}${params.tag_name}`);
        const context = await refContextOf(deps, subject, request);
        const [shown] = ref === undefined ? [] : await presentAll(deps, repository, [ref], context);
        if (shown === undefined) throw notFound('Tag');
        return ok(shown);
      },
    }),
    route({
      method: 'POST',
      path: '/projects/:id/repository/tags',
      summary: 'Create a tag',
      params: {
        id: string({ required: true }),
        tag_name: string({ required: true }),
        ref: string({ required: true, description: 'Branch, tag or sha' }),
        message: string({ description: 'Makes it an annotated tag' }),
      },
      guard: writeGuard,
      handler: async ({ subject, params, request }) => {
        const writer = await writerOf(deps, subject);
        const { tag_name: name, ref: from, message } = params;
        const ref = await createTag(deps, writer, { name, ref: from, message });
        const context = await refContextOf(deps, subject, request);
        return created((await presentAll(deps, repositoryOf(deps, subject.project), [ref], context))[0]);
      },
    }),
    route({
      method: 'DELETE',
      path: '/projects/:id/repository/tags/:tag_name',
      summary: 'Delete a tag',
      params: tagParams,
      guard: writeGuard,
      handler: async ({ subject, params }) => {
        await deleteTag(deps, await writerOf(deps, subject), params.tag_name);
        await deps.tagReleases.deleteOf(subject.project.id, params.tag_name);
        return noContent();
      },
    }),
  ];
};
