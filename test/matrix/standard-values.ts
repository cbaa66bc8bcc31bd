import { ARCHIVED, type Place } from './place.ts';
import type { Lane } from './world.ts';

/** What the first `:id` of a path stands for, by its first segment. */
const idOf = (segment: string, { world }: Lane, place: Place): number => {
  switch (segment) {
    case 'personal_access_tokens':
      return place.tokenId;
    case 'users':
      return world.people.victim.user.id;
    case 'runners':
      return place.runner.id;
    case 'groups':
    case 'namespaces':
      return place.groupId;
    case 'jobs':
      return place.running.id;
    default:
      return place.project.id;
  }
};

/** What the names in a route's path stand for where its recipe does not say. */
export const standardValues = (path: string, lane: Lane, place: Place): Readonly<Record<string, string | number>> => ({
  id: idOf(path.split('/')[1] ?? '', lane, place),
  user_id: path.startsWith('/users') ? lane.world.people.victim.user.id : lane.world.people.members.gu.user.id,
  pipeline_id: place.ended.pipelineId,
  job_id: place.ended.id,
  trigger_id: place.triggerId,
  pipeline_schedule_id: place.scheduleId,
  merge_request_iid: 1,
  note_id: place.noteId,
  environment_id: place.environmentId,
  key: 'COLOUR',
  name: 'stable',
  branch: 'side',
  tag_name: 'v1',
  sha: place.sha,
  ref: 'side',
  file_path: 'README.md',
  artifact_path: ARCHIVED,
  ref_and_path: 'side/download',
  project: `${place.project.fullPath}.git`,
});
