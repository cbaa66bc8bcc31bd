import type { Selectable } from 'kysely';
import type { MergeRequestId, NoteId, ProjectId, UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { Note } from './note.ts';

/** SQL of the comments on merge requests in `notes`. */

const toNote = (row: Selectable<DB['notes']>): Note => ({
  id: row.id as NoteId,
  projectId: row.project_id as ProjectId,
  mergeRequestId: row.merge_request_id as MergeRequestId,
  authorId: row.author_id as UserId | null,
  body: row.body,
  internal: row.internal,
  updatedById: row.updated_by_id as UserId | null,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export interface NoteOrder {
  readonly column: 'created_at' | 'updated_at';
  readonly direction: 'asc' | 'desc';
}

const selectShown = (db: Db, id: MergeRequestId, showsInternal: boolean) => {
  const query = db.selectFrom('notes').where('merge_request_id', '=', id);
  return showsInternal ? query : query.where('internal', '=', false);
};

export const listNotes = async (
  db: Db,
  id: MergeRequestId,
  showsInternal: boolean,
  order: NoteOrder,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly Note[]> => {
  const rows = await selectShown(db, id, showsInternal)
    .selectAll()
    .orderBy(order.column, order.direction)
    .orderBy('id', order.direction)
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map(toNote);
};

export const countShownNotes = async (db: Db, id: MergeRequestId, showsInternal: boolean): Promise<number> => {
  const row = await selectShown(db, id, showsInternal)
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return Number(row.total);
};

/** Who has written them, the first to do so first. */
export const listNoteAuthors = async (
  db: Db,
  id: MergeRequestId,
  showsInternal: boolean,
): Promise<readonly UserId[]> => {
  const rows = await selectShown(db, id, showsInternal)
    .select('author_id')
    .where('author_id', 'is not', null)
    .groupBy('author_id')
    .orderBy((query) => query.fn.min('id'))
    .execute();
  return rows.map((row) => row.author_id as UserId);
};

/** Undefined: there is none, or it is a comment on a commit. */
export const findNote = async (db: Db | Tx, id: NoteId): Promise<Note | undefined> => {
  const row = await db
    .selectFrom('notes')
    .selectAll()
    .where('id', '=', id)
    .where('merge_request_id', 'is not', null)
    .executeTakeFirst();
  return row === undefined ? undefined : toNote(row);
};

/** The same until the transaction ends. */
export const lockNote = async (tx: Tx, id: NoteId): Promise<Note | undefined> => {
  const row = await tx
    .selectFrom('notes')
    .selectAll()
    .where('id', '=', id)
    .where('merge_request_id', 'is not', null)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : toNote(row);
};

export const insertNote = async (
  tx: Tx,
  note: Pick<Note, 'projectId' | 'mergeRequestId' | 'body' | 'internal'> & { readonly authorId: UserId },
  now: Date,
): Promise<Note> => {
  const row = await tx
    .insertInto('notes')
    .values({
      project_id: note.projectId,
      merge_request_id: note.mergeRequestId,
      author_id: note.authorId,
      body: note.body,
      internal: note.internal,
      created_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toNote(row);
};

/** Undefined: it is gone. */
export const updateNote = async (
  tx: Tx,
  id: NoteId,
  body: string,
  by: { readonly userId: UserId; readonly at: Date },
): Promise<Note | undefined> => {
  const row = await tx
    .updateTable('notes')
    .set({ body, updated_by_id: by.userId, updated_at: by.at })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : toNote(row);
};

export const deleteNote = async (db: Db, id: NoteId): Promise<void> => {
  await db.deleteFrom('notes').where('id', '=', id).execute();
};
