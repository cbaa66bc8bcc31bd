import {
  type ApiReply,
  type ApiRequest,
  arrayOf,
  boolean,
  commaList,
  enumeration,
  hashOf,
  integer,
  invalidParams,
  isoDateTime,
  mutuallyExclusive,
  type Params,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { unauthorized } from '../../../kit/errors.ts';
import type { UserId } from '../../../kit/ids.ts';
import type { User } from '../../accounts/index.ts';
import { actingUser } from '../../accounts/index.ts';
import { answerMergeRequests, projectsOf } from '../answer.ts';
import {
  countMergeRequests,
  listMergeRequests,
  MERGE_REQUEST_ORDERS,
  type MergeRequestFilter,
  type PersonFilter,
} from '../list-store.ts';
import { presentMergeRequestSimple } from '../present.ts';
import type { MergeRequestRouteDeps } from './deps.ts';

const SCOPES = ['created-by-me', 'assigned-to-me', 'created_by_me', 'assigned_to_me', 'reviews_for_me', 'all'] as const;

const negatable = {
  labels: commaList({ description: 'Names, all of which it must have; None or Any' }),
  milestone: string(),
  author_id: integer(),
  author_username: string(),
  assignee_id: string({ description: 'A user, None or Any' }),
  assignee_username: string(),
  reviewer_id: string({ description: 'A user, None or Any' }),
  reviewer_username: string(),
};

const listParams = {
  ...pagingParams,
  state: enumeration(['opened', 'closed', 'locked', 'merged', 'all'], { default: 'all' }),
  order_by: enumeration([...MERGE_REQUEST_ORDERS, 'label_priority', 'milestone_due', 'popularity', 'priority'], {
    default: 'created_at',
  }),
  sort: enumeration(['asc', 'desc'], { default: 'desc' }),
  scope: enumeration(SCOPES),
  ...negatable,
  not: hashOf(negatable, { description: 'What it must not have; of labels none' }),
  approved: enumeration(['yes', 'no']),
  source_branch: string(),
  target_branch: string(),
  search: string(),
  in: commaList({ description: 'title, description or both' }),
  wip: enumeration(['yes', 'no']),
  draft: boolean(),
  created_after: isoDateTime(),
  created_before: isoDateTime(),
  updated_after: isoDateTime(),
  updated_before: isoDateTime(),
  view: enumeration(['simple']),
  with_merge_status_recheck: boolean({ default: false }),
};

const rules = [
  mutuallyExclusive('author_id', 'author_username'),
  mutuallyExclusive('assignee_id', 'assignee_username'),
  mutuallyExclusive('reviewer_id', 'reviewer_username'),
];

type ListParams = Params<typeof listParams>;
type Negatable = Params<typeof negatable>;

/** Throws 400 for what is no number, `None` or `Any`. */
const personOf = (part: 'assignee' | 'reviewer', params: Negatable): PersonFilter | undefined => {
  const [text, username] = [params[`${part}_id`], params[`${part}_username`]];
  if (username !== undefined && username !== '') return { username: username.toLowerCase() };
  if (text === undefined || text === '') return undefined;
  const word = text.toLowerCase();
  if (word === 'none' || word === 'any') return word;
  const id = Number(text);
  if (Number.isSafeInteger(id)) return { id: id as UserId };
  throw invalidParams([{ attribute: `${part}_id`, text: `should be an integer, None, or Any, however got ${text}` }]);
};

const labelsOf = (labels: readonly string[] | undefined): MergeRequestFilter['labels'] => {
  if (labels === undefined || labels.length === 0) return undefined;
  const [only = ''] = labels;
  const word = only.toLowerCase();
  return labels.length === 1 && (word === 'none' || word === 'any') ? word : labels;
};

const negatedOf = (not: Negatable | undefined): MergeRequestFilter['not'] => {
  if (not === undefined) return undefined;
  const { author_id: id, author_username: username } = not;
  const author =
    id === undefined
      ? username === undefined
        ? undefined
        : { username: username.toLowerCase() }
      : { id: id as UserId };
  return {
    author,
    assignee: personOf('assignee', not),
    reviewer: personOf('reviewer', not),
    labels: labelsOf(not.labels),
  };
};

const statesOf = (state: ListParams['state']): MergeRequestFilter['states'] => {
  if (state === 'all') return undefined;
  // Nothing stays locked here.
  return state === 'locked' ? [] : [state];
};

const searchOf = ({ search, in: places }: ListParams): MergeRequestFilter['search'] => {
  if (search === undefined || search === '') return undefined;
  const wanted = (['title', 'description'] as const).filter((place) => places === undefined || places.includes(place));
  return { text: search, in: wanted.length === 0 ? ['title', 'description'] : wanted };
};

/** `created_by_me` and its like; for nobody signed in they hold nothing. */
const scopeOf = (scope: ListParams['scope'], user: User | undefined): MergeRequestFilter['scope'] => {
  const id = user?.id ?? (-1 as UserId);
  switch (scope?.replaceAll('-', '_')) {
    case 'created_by_me':
      return { part: 'author', id };
    case 'assigned_to_me':
      return { part: 'assignee', id };
    case 'reviews_for_me':
      return { part: 'reviewer', id };
    default:
      return undefined;
  }
};

const filterOf = (
  place: MergeRequestFilter['place'],
  params: ListParams,
  user: User | undefined,
): MergeRequestFilter => ({
  place,
  states: statesOf(params.state),
  sourceBranch: params.source_branch,
  targetBranch: params.target_branch,
  authorId: params.author_id,
  authorUsername: params.author_username,
  assignee: personOf('assignee', params),
  reviewer: personOf('reviewer', params),
  labels: labelsOf(params.labels),
  search: searchOf(params),
  draft: params.draft ?? (params.wip === undefined ? undefined : params.wip === 'yes'),
  createdAfter: params.created_after,
  createdBefore: params.created_before,
  updatedAfter: params.updated_after,
  updatedBefore: params.updated_before,
  approved: params.approved === undefined ? undefined : params.approved === 'yes',
  not: negatedOf(params.not),
  scope: scopeOf(params.scope, user),
});

const answerList = async (
  deps: MergeRequestRouteDeps,
  request: ApiRequest,
  params: ListParams,
  user: User | undefined,
  filter: MergeRequestFilter,
): Promise<ApiReply> => {
  const page = pageOf(params);
  const viewer = { user, now: deps.clock.now() };
  const column = MERGE_REQUEST_ORDERS.find((order) => order === params.order_by) ?? 'created_at';
  const found = await listMergeRequests(deps.db, viewer, filter, { column, direction: params.sort }, page);
  const total = await countMergeRequests(deps.db, viewer, filter);
  if (params.view !== 'simple') {
    const rows = await answerMergeRequests(deps, found, request, { recheck: params.with_merge_status_recheck });
    return pageReply(request, page, rows, { total });
  }
  const projects = await projectsOf(deps, found);
  const rows = found.flatMap((mergeRequest) => {
    const project = projects.get(mergeRequest.projectId);
    return project === undefined ? [] : [presentMergeRequestSimple(mergeRequest, request.baseUrl, project)];
  });
  return pageReply(request, page, rows, { total });
};

/** Lists of merge requests: everywhere, of a group, of a project. */
export const listRoutes = (deps: MergeRequestRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/merge_requests',
    summary: 'List merge requests, without `scope` those of the caller',
    params: { ...listParams, non_archived: boolean({ default: false }) },
    rules,
    guard: deps.accounts.anyone(),
    handler: async ({ subject, params, request }) => {
      const user = actingUser(subject);
      if (user === undefined && params.scope !== 'all') throw unauthorized();
      const wanted = { ...params, scope: params.scope ?? 'created_by_me' };
      const filter = { ...filterOf({ kind: 'everywhere' }, wanted, user), nonArchived: params.non_archived };
      return answerList(deps, request, wanted, user, filter);
    },
  }),
  route({
    method: 'GET',
    path: '/groups/:id/merge_requests',
    summary: 'List the merge requests of a group and all groups below it',
    params: { ...listParams, non_archived: boolean({ default: true }) },
    rules,
    guard: deps.group('read_group'),
    handler: async ({ subject, params, request }) => {
      const user = actingUser(subject.actor);
      const place = { kind: 'group', id: subject.group.id } as const;
      return answerList(deps, request, params, user, {
        ...filterOf(place, params, user),
        nonArchived: params.non_archived,
      });
    },
  }),
  route({
    method: 'GET',
    path: '/projects/:id/merge_requests',
    summary: 'List the merge requests of a project',
    params: { ...listParams, iids: arrayOf(integer()) },
    rules,
    guard: deps.mergeRequestGuards.project('read_merge_request', { jobToken: 'READ_MERGE_REQUESTS' }),
    handler: async ({ subject, params, request }) => {
      const user = actingUser(subject.actor);
      const place = { kind: 'project', id: subject.project.id } as const;
      const iids = params.iids === undefined || params.iids.length === 0 ? undefined : params.iids;
      return answerList(deps, request, params, user, { ...filterOf(place, params, user), iids });
    },
  }),
];
