import type { Selectable } from 'kysely';
import type { NoteId, ProjectId, UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { CommitComment, DiffLine } from './commit-comment.ts';

/** SQL of the comments on commits in `notes`. */

const toDiffLine = ({
  path,
  line,
  line_type: type,
  line_code: lineCode,
}: Pick<Selectable<DB['notes']>, 'path' | 'line' | 'line_type' | 'line_code'>): DiffLine | null =>
  path === null || line === null || lineCode === null
    ? null
    : { path, line, lineType: type === 'old' ? 'old' : 'new', lineCode };

const toComment = (row: Selectable<DB['notes']>): CommitComment => ({
  id: row.id as NoteId,
  projectId: row.project_id as ProjectId,
  sha: row.commit_sha ?? '',
  authorId: row.author_id as UserId | null,
  body: row.body,
  diffLine: toDiffLine(row),
  createdAt: row.created_at,
});

const select = (db: Db | Tx) => db.selectFrom('notes').where('commit_sha', 'is not', null);
const selectOn = (db: Db, projectId: ProjectId, sha: string) =>
  select(db).where('project_id', '=', projectId).where('commit_sha', '=', sha);

/** The oldest first. */
export const listCommitComments = async (
  db: Db,
  projectId: ProjectId,
  sha: string,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly CommitComment[]> => {
  const rows = await selectOn(db, projectId, sha)
    .selectAll()
    .orderBy('id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map(toComment);
};

export const countCommitComments = async (db: Db, projectId: ProjectId, sha: string): Promise<number> => {
  const row = await selectOn(db, projectId, sha)
    .select((query) => query.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return Number(row.total);
};

/** Undefined: there is none, or it is a comment on a merge request. */
export const findCommitComment = async (db: Db | Tx, id: NoteId): Promise<CommitComment | undefined> => {
  const row = await select(db).selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toComment(row);
};

export const insertCommitComment = async (
  tx: Tx,
  comment: Pick<CommitComment, 'projectId' | 'sha' | 'body' | 'diffLine'> & { readonly authorId: UserId },
  now: Date,
): Promise<CommitComment> => {
  const row = await tx
    .insertInto('notes')
    .values({
      project_id: comment.projectId,
      commit_sha: comment.sha,
      author_id: comment.authorId,
      body: comment.body,
      path: comment.diffLine?.path ?? null,
      line: comment.diffLine?.line ?? null,
      line_type: comment.diffLine?.lineType ?? null,
      line_code: comment.diffLine?.lineCode ?? null,
      created_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toComment(row);
};
