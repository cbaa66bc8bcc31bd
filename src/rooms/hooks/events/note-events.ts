import type { NoteChanged } from '../../../events/index.ts';
import { type CommitComment, findCommitComment, findNote, type Note } from '../../merge-requests/index.ts';
import { findProjectById } from '../../projects/index.ts';
import { findCommit } from '../../repositories/index.ts';
import { commitBlock } from '../payloads/commit-block.ts';
import { mergeRequestBlock } from '../payloads/merge-request-block.ts';
import { utcSeconds } from '../payloads/payload-dates.ts';
import { projectBlockWithUrls, repositoryBlock } from '../payloads/project-block.ts';
import { userBlock } from '../payloads/user-block.ts';
import type { EventDefinition, EventDefinitions, PayloadDeps } from './event-definition.ts';
import { belongingsOf, mergeRequestOfPage } from './merge-request-reads.ts';
import { userOfPage } from './shared-reads.ts';

const NOTHING = {
  attachment: null,
  change_position: null,
  discussion_id: null,
  original_position: null,
  position: null,
  resolved_at: null,
  resolved_by_id: null,
  resolved_by_push: null,
  st_diff: null,
};

/** Comments on merge requests stand alone: neither on a line nor in a thread that could be resolved. */
const noteBlock = (note: Note) => ({
  ...NOTHING,
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
  commit_id: null,
  line_code: null,
  type: null,
});

const commentBlock = (comment: CommitComment) => ({
  ...NOTHING,
  id: comment.id,
  note: comment.body,
  description: comment.body,
  internal: false,
  noteable_type: 'Commit',
  noteable_id: null,
  author_id: comment.authorId,
  project_id: comment.projectId,
  created_at: utcSeconds(comment.createdAt),
  updated_at: utcSeconds(comment.createdAt),
  updated_by_id: null,
  system: false,
  commit_id: comment.sha,
  line_code: comment.diffLine?.lineCode ?? null,
  type: comment.diffLine === null ? null : 'LegacyDiffNote',
});

/** Undefined: the project or the commit is gone. */
const commentPayload = async (deps: PayloadDeps, comment: CommitComment, { userId, action }: NoteChanged) => {
  const project = await findProjectById(deps.db, comment.projectId);
  const commit = project && (await findCommit(deps.repositories, project, comment.sha));
  if (project === undefined || commit === undefined) return undefined;
  const { externalUrl } = deps.server;
  const block = commitBlock(commit, `${externalUrl}/${project.fullPath}`);
  return {
    object_kind: 'note',
    event_type: 'note',
    user: userBlock(await userOfPage(deps, userId)),
    project_id: project.id,
    project: projectBlockWithUrls(project, externalUrl),
    repository: repositoryBlock(project, externalUrl),
    object_attributes: { ...commentBlock(comment), action, url: `${block.url}#note_${comment.id}` },
    commit: block,
  };
};

const noteChanged: EventDefinition<NoteChanged> = {
  placeOf: ({ projectId, noteId }) => ({ subject: `note:${noteId}`, projectId }),
  triggersOf: () => ['note_events', 'confidential_note_events'],
  eventName: () => 'note',
  build: async (deps, fact, _snapshot, { wanted }) => {
    const { noteId, userId, action } = fact;
    const comment = await findCommitComment(deps.db, noteId);
    if (comment !== undefined) {
      const payload = wanted.has('note_events') ? await commentPayload(deps, comment, fact) : undefined;
      return payload === undefined ? [] : [{ eventName: 'note', trigger: 'note_events', payload }];
    }
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
