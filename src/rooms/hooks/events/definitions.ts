import { deploymentEvents } from './deployment-events.ts';
import type { EventDefinitions } from './event-definition.ts';
import { groupEvents } from './group-events.ts';
import { hookEvents } from './hook-events.ts';
import { jobEvents } from './job-events.ts';
import { keyEvents } from './key-events.ts';
import { memberEvents } from './member-events.ts';
import { mergeRequestEvents } from './merge-request-events.ts';
import { noteEvents } from './note-events.ts';
import { pipelineEvents } from './pipeline-events.ts';
import { projectEvents } from './project-events.ts';
import { pushEvents } from './push-events.ts';
import { releaseEvents } from './release-events.ts';
import { userEvents } from './user-events.ts';

/** Every fact that becomes an event. */
export const EVENT_DEFINITIONS: EventDefinitions = {
  ...projectEvents,
  ...userEvents,
  ...keyEvents,
  ...groupEvents,
  ...memberEvents,
  ...pushEvents,
  ...pipelineEvents,
  ...jobEvents,
  ...hookEvents,
  ...deploymentEvents,
  ...releaseEvents,
  ...mergeRequestEvents,
  ...noteEvents,
};
