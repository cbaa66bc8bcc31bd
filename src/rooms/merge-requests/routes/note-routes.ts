import {
  boolean,
  created,
  enumeration,
  integer,
  noContent,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  requireUnmodifiedSince,
  route,
  string,
} from '../../../http/index.ts';
import { forbidden, recordNotFound } from '../../../kit/errors.ts';
import type { NoteId } from '../../../kit/ids.ts';
import { actingUser, findUserById, findUsersByIds } from '../../accounts/index.ts';
import { can } from '../../projects/index.ts';
import { changeNote, createNote } from '../change-notes.ts';
import { type ChangerSubject, type MergeRequestSubject, seesInternal } from '../guards.ts';
import type { MergeRequest } from '../merge-request.ts';
import type { Note } from '../note.ts';
import { countShownNotes, deleteNote, findNote, listNotes } from '../note-store.ts';
import { presentNote } from '../present-note.ts';
import type { MergeRequestRouteDeps } from './deps.ts';

const PATH = '/projects/:id/merge_requests/:merge_request_iid/notes';
const idParams = { note_id: integer({ required: true }) };

/** Throws 404 for one of another merge request, and for an internal one that is not for the caller. */
const noteOf = async (deps: MergeRequestRouteDeps, subject: MergeRequestSubject, id: number): Promise<Note> => {
  const note = await findNote(deps.db, id as NoteId);
  if (note?.mergeRequestId !== subject.mergeRequest.id) throw recordNotFound();
  const isOwn = note.authorId !== null && note.authorId === actingUser(subject.actor)?.id;
  if (note.internal && !isOwn && !seesInternal(subject)) throw recordNotFound();
  return note;
};

/** Its author, and maintainers. */
const mayAdminister = ({ actor, project, role }: ChangerSubject, note: Note): boolean =>
  note.authorId === actor.user.id || can(actor, 'admin_project', project, role);

const answerNote = async (deps: MergeRequestRouteDeps, note: Note, mergeRequest: MergeRequest, baseUrl: string) => {
  const author = note.authorId === null ? undefined : await findUserById(deps.db, note.authorId);
  return presentNote(note, mergeRequest, author, baseUrl);
};

const readingRoutes = (deps: MergeRequestRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: PATH,
    summary: 'List the comments on a merge request',
    params: {
      ...pagingParams,
      order_by: enumeration(['created_at', 'updated_at'], { default: 'created_at' }),
      sort: enumeration(['asc', 'desc'], { default: 'desc' }),
      activity_filter: enumeration(['all_notes', 'only_comments', 'only_activity'], { default: 'all_notes' }),
    },
    guard: deps.mergeRequestGuards.read({ jobToken: 'READ_MERGE_REQUESTS' }),
    handler: async ({ subject, params, request }) => {
      const { mergeRequest } = subject;
      const page = pageOf(params);
      // Nothing here writes comments of its own.
      if (params.activity_filter === 'only_activity') return pageReply(request, page, [], { total: 0 });
      const internal = seesInternal(subject);
      const order = { column: params.order_by, direction: params.sort };
      const notes = await listNotes(deps.db, mergeRequest.id, internal, order, page);
      const authors = await findUsersByIds(
        deps.db,
        notes.flatMap(({ authorId }) => (authorId === null ? [] : [authorId])),
      );
      const rows = notes.map((note) =>
        presentNote(
          note,
          mergeRequest,
          authors.find(({ id }) => id === note.authorId),
          request.baseUrl,
        ),
      );
      return pageReply(request, page, rows, { total: await countShownNotes(deps.db, mergeRequest.id, internal) });
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/:note_id`,
    summary: 'Get a comment on a merge request',
    params: idParams,
    guard: deps.mergeRequestGuards.read({ jobToken: 'READ_MERGE_REQUESTS' }),
    handler: async ({ subject, params, request }) => {
      const note = await noteOf(deps, subject, params.note_id);
      return ok(await answerNote(deps, note, subject.mergeRequest, request.baseUrl));
    },
  }),
];

/** Comments. */
export const noteRoutes = (deps: MergeRequestRouteDeps): readonly Route[] => [
  ...readingRoutes(deps),
  route({
    method: 'POST',
    path: PATH,
    summary: 'Comment on a merge request',
    params: {
      body: string({ required: true }),
      internal: boolean(),
      confidential: boolean({ description: 'Older name of internal' }),
    },
    guard: deps.mergeRequestGuards.change('comment'),
    handler: async ({ subject, params, request }) => {
      const { actor, mergeRequest } = subject;
      const internal = params.internal ?? params.confidential ?? false;
      if (internal && !seesInternal(subject)) throw forbidden();
      const note = await createNote(deps, actor.user, mergeRequest, { body: params.body, internal });
      return created(await answerNote(deps, note, mergeRequest, request.baseUrl));
    },
  }),
  route({
    method: 'PUT',
    path: `${PATH}/:note_id`,
    summary: 'Change a comment on a merge request',
    params: { ...idParams, body: string({ required: true, allowBlank: false }) },
    guard: deps.mergeRequestGuards.change('comment'),
    handler: async ({ subject, params, request }) => {
      const note = await noteOf(deps, subject, params.note_id);
      if (!mayAdminister(subject, note)) throw forbidden();
      const changed = await changeNote(deps, subject.actor.user, note, params.body);
      return ok(await answerNote(deps, changed, subject.mergeRequest, request.baseUrl));
    },
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/:note_id`,
    summary: 'Delete a comment on a merge request',
    params: idParams,
    guard: deps.mergeRequestGuards.change('comment'),
    handler: async ({ subject, params, request }) => {
      const note = await noteOf(deps, subject, params.note_id);
      if (!mayAdminister(subject, note)) throw forbidden();
      requireUnmodifiedSince(request, note.updatedAt);
      await deleteNote(deps.db, note.id);
      return noContent();
    },
  }),
];
