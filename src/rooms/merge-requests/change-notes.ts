import { badRequest, recordNotFound } from '../../kit/errors.ts';
import type { User } from '../accounts/index.ts';
import type { ChangeDeps } from './deps.ts';
import type { MergeRequest } from './merge-request.ts';
import type { Note } from './note.ts';
import { insertNote, lockNote, updateNote } from './note-store.ts';
import { holdMergeRequest } from './store.ts';

const MAX_BODY = 1_000_000;

const checkBody = (body: string): void => {
  if (body.trim() === '') throw badRequest(`(Note can't be blank)`);
  if (body.length > MAX_BODY) throw badRequest(`(Note is too long (maximum is ${MAX_BODY} characters))`);
};

/** Throws 400 for an empty text, 404 when the merge request is gone. */
export const createNote = async (
  deps: ChangeDeps,
  user: User,
  { id, projectId }: MergeRequest,
  wish: { readonly body: string; readonly internal: boolean },
): Promise<Note> => {
  checkBody(wish.body);
  return deps.db.transaction().execute(async (tx) => {
    await holdMergeRequest(tx, id);
    const note = await insertNote(tx, { ...wish, projectId, mergeRequestId: id, authorId: user.id }, deps.clock.now());
    await deps.publish(tx, [{ type: 'note_changed', projectId, noteId: note.id, userId: user.id, action: 'create' }]);
    return note;
  });
};

/** The text it has already changes nothing. Throws 400 for an empty text, 404 when it is gone. */
export const changeNote = async (
  deps: ChangeDeps,
  user: User,
  { id, projectId }: Note,
  body: string,
): Promise<Note> => {
  checkBody(body);
  return deps.db.transaction().execute(async (tx) => {
    const before = await lockNote(tx, id);
    if (before?.body === body) return before;
    const note = await updateNote(tx, id, body, { userId: user.id, at: deps.clock.now() });
    if (note === undefined) throw recordNotFound();
    await deps.publish(tx, [{ type: 'note_changed', projectId, noteId: id, userId: user.id, action: 'update' }]);
    return note;
  });
};
