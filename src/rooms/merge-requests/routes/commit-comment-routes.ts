import {
  created,
  enumeration,
  integer,
  invalidParams,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { forbidden, notFound } from '../../../kit/errors.ts';
import type { Commit } from '../../../platform/git/index.ts';
import { findUsersByIds, presentUserBasic, type User } from '../../accounts/index.ts';
import type { Project } from '../../projects/index.ts';
import { findCommit } from '../../repositories/index.ts';
import { commentOnCommit } from '../comment-on-commit.ts';
import type { CommitComment } from '../commit-comment.ts';
import { countCommitComments, listCommitComments } from '../commit-comment-store.ts';
import type { MergeRequestRouteDeps } from './deps.ts';

const PATH = '/projects/:id/repository/commits/:sha/comments';
const sha = string({ required: true, description: 'Sha, branch or tag' });

/** GitLab's `CommitNote`. Pure. */
const presentComment = ({ body, diffLine, createdAt }: CommitComment, author: User | undefined, baseUrl: string) => ({
  note: body,
  path: diffLine?.path ?? null,
  line: diffLine?.line ?? null,
  line_type: diffLine?.lineType ?? null,
  author: author === undefined ? null : presentUserBasic(author, baseUrl),
  created_at: createdAt.toISOString(),
});

const commitOf = async (deps: MergeRequestRouteDeps, project: Project, revision: string): Promise<Commit> => {
  const commit = await findCommit(deps.repositories, project, revision);
  if (commit === undefined) throw notFound('Commit');
  return commit;
};

/** Comments on commits. */
export const commitCommentRoutes = (deps: MergeRequestRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: PATH,
    summary: 'List the comments on a commit, the oldest first',
    params: { sha, ...pagingParams },
    guard: deps.mergeRequestGuards.project('download_code'),
    handler: async ({ subject: { project }, params, request }) => {
      const commit = await commitOf(deps, project, params.sha);
      const page = pageOf(params);
      const comments = await listCommitComments(deps.db, project.id, commit.sha, page);
      const ids = comments.flatMap(({ authorId }) => (authorId === null ? [] : [authorId]));
      const authors = new Map((await findUsersByIds(deps.db, ids)).map((user) => [user.id, user]));
      const rows = comments.map((comment) =>
        presentComment(comment, comment.authorId === null ? undefined : authors.get(comment.authorId), request.baseUrl),
      );
      return pageReply(request, page, rows, { total: await countCommitComments(deps.db, project.id, commit.sha) });
    },
  }),
  route({
    method: 'POST',
    path: PATH,
    summary: 'Comment on a commit, or on a line that it adds or removes',
    params: {
      sha,
      note: string({ required: true }),
      path: string({ description: 'A file that the commit changes; with line' }),
      line: integer({ description: 'Place of the line in the new file' }),
      line_type: enumeration(['new', 'old'], { default: 'new' }),
    },
    guard: deps.mergeRequestGuards.project('download_code', { authenticateFirst: true }),
    handler: async ({ subject, params, request }) => {
      const { project, actor } = subject;
      if (project.archived) throw forbidden();
      const { path, line, line_type: lineType, note: body } = params;
      if (path !== undefined && path !== '' && line === undefined) {
        throw invalidParams([{ attribute: 'line', text: 'is missing' }]);
      }
      const commit = await commitOf(deps, project, params.sha);
      const on = path === undefined || path === '' || line === undefined ? undefined : { path, line, lineType };
      const comment = await commentOnCommit(deps, actor.user, project, commit, { body, on });
      return created(presentComment(comment, actor.user, request.baseUrl));
    },
  }),
];
