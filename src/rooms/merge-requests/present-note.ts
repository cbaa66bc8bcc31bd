import { presentUserBasic, type User } from '../accounts/index.ts';
import type { MergeRequest } from './merge-request.ts';
import type { Note } from './note.ts';

/** GitLab's `Note`. Pure. */
export const presentNote = (
  note: Note,
  { iid }: Pick<MergeRequest, 'iid'>,
  author: User | undefined,
  baseUrl: string,
) => ({
  id: note.id,
  type: null,
  body: note.body,
  author: author === undefined ? null : presentUserBasic(author, baseUrl),
  created_at: note.createdAt.toISOString(),
  updated_at: note.updatedAt.toISOString(),
  system: false,
  noteable_id: note.mergeRequestId,
  noteable_type: 'MergeRequest',
  project_id: note.projectId,
  resolvable: false,
  confidential: note.internal,
  internal: note.internal,
  imported: false,
  imported_from: 'none',
  noteable_iid: iid,
  commands_changes: {},
});
