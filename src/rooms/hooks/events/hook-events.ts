import type { EventDefinitions } from './event-definition.ts';

/** For the feed only: no hook hears of another one's end. */
export const hookEvents: EventDefinitions = {
  hook_disabled: {
    placeOf: ({ hookId, projectId, groupId }) => ({
      subject: `hook:${hookId}`,
      ...(projectId === undefined ? {} : { projectId }),
      ...(groupId === undefined ? {} : { groupId }),
    }),
    triggersOf: () => [],
    eventName: () => 'hook_disabled',
    build: async () => [],
  },
};
