import type { NoteChanged } from '../../../events/index.ts';
import { findNote, type Note } from '../../merge-requests/index.ts';
import { mergeRequestBlock } from '../payloads/merge-request-block.ts';
import { utcSeconds } from '../payloads/payload-dates.ts';
import { projectBlockWithUrls, repositoryBlock } from '../payloads/project-block.ts';
import { userBlock } from '../payloads/user-block.ts';
import type { EventDefinition, EventDefinitions } from './event-definition.ts';
import { belongingsOf, mergeRequestOfPage } from './merge-request-reads.ts';
import { userOfPage } from './shared-reads.ts';

/** Comments stand alone: neither on a line nor in a thread that could be resolved. */
const noteBlock = (note: Note) => ({
  id: note.id,
  note: note.body,
  description: note.body,
  internal: note.internal,
  noteable_type: 'MergeRequest',
  noteable_id: note.mergeRequestId,
  author_id: note.authorId,
  project_id: note.projectId,
  created_at: utcSeconds(note.createdAt),
  updated_at: utcSeconds(note.updatedAt),
  updated_by_id: note.updatedById,
  system: false,
  attachment: null,
  change_position: null,
  commit_id: null,
  discussion_id: null,
  line_code: null,
  original_position: null,
  position: null,
  resolved_at: null,
  resolved_by_id: null,
  resolved_by_push: null,
  st_diff: null,
  type: null,
});

const noteChanged: EventDefinition<NoteChanged> = {
  placeOf: ({ projectId, noteId }) => ({ subject: `note:${noteId}`, projectId }),
  triggersOf: () => ['note_events', 'confidential_note_events'],
  eventName: () => 'note',
  build: async (deps, { noteId, userId, action }, _snapshot, { wanted }) => {
    const note = await findNote(deps.db, noteId);
    const told = note && (await mergeRequestOfPage(deps, note.mergeRequestId));
    if (note === undefined || told === undefined) return [];
    const trigger = note.internal ? 'confidential_note_events' : 'note_events';
    if (!wanted.has(trigger)) return [];
    const { externalUrl } = deps.server;
    const payload = {
      object_kind: 'note',
      event_type: note.internal ? 'confidential_note' : 'note',
      user: userBlock(await userOfPage(deps, userId)),
      project_id: told.project.id,
      project: projectBlockWithUrls(told.project, externalUrl),
      repository: repositoryBlock(told.project, externalUrl),
      object_attributes: { ...noteBlock(note), action, url: `${told.webUrl}#note_${note.id}` },
      merge_request: mergeRequestBlock(told, await belongingsOf(deps, told)),
    };
    return [{ eventName: 'note', trigger, payload }];
  },
};

/** Comments that are made and changed. */
export const noteEvents: EventDefinitions = { note_changed: noteChanged };
