import type { EventDefinitions } from './event-definition.ts';
import { projectEvents } from './project-events.ts';

/** Every fact that becomes an event. */
export const EVENT_DEFINITIONS: EventDefinitions = { ...projectEvents };
