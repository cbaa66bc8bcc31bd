import { passesBranchFilter } from './branch-filter.ts';
import type { EventPlace, JsonObject } from './events/event-definition.ts';
import { type HookSwitch, SYSTEM_SWITCHES } from './hook.ts';
import { isToldOf } from './integrations/is-told-of.ts';
import type { Listener, Listeners } from './listener-store.ts';

const OF_SYSTEM_HOOKS: ReadonlySet<HookSwitch> = new Set<HookSwitch>(SYSTEM_SWITCHES);

/**
 * Whether a hook hears of such events of this place, branches aside: its project's and those of the groups
 * above, a group's and those above it; changes of users, groups and projects (no switch) go to every system hook, and to no other. Pure.
 */
export const hears = (
  listener: Listener,
  place: EventPlace,
  trigger: HookSwitch | null,
  { groupsOf, groupsAbove }: Pick<Listeners, 'groupsOf' | 'groupsAbove'>,
): boolean => {
  const { kind, projectId, groupId, switches } = listener;
  if (kind === 'system') return trigger === null || (OF_SYSTEM_HOOKS.has(trigger) && switches.includes(trigger));
  if (trigger === null || !switches.includes(trigger)) return false;
  if (kind === 'project') return projectId !== null && projectId === place.projectId;
  if (groupId === null) return false;
  // A group is a subgroup to those above it.
  if (trigger === 'subgroup_events' && groupId === place.groupId) return false;
  return place.projectId === undefined
    ? place.groupId !== undefined && groupsAbove.get(place.groupId)?.has(groupId) === true
    : groupsOf.get(place.projectId)?.has(groupId) === true;
};

/**
 * The same with its branch filter, which is for pushes only (`branch`: of a push), and with what an integration makes
 * messages of. Pure.
 */
export const hearsOf = (
  listener: Listener,
  place: EventPlace,
  event: { readonly trigger: HookSwitch | null; readonly branch?: string; readonly payload: JsonObject | null },
  groups: Pick<Listeners, 'groupsOf' | 'groupsAbove'>,
): boolean =>
  hears(listener, place, event.trigger, groups) &&
  (listener.integration === null || (event.payload !== null && isToldOf(listener.integration, event.payload))) &&
  (event.trigger !== 'push_events' || event.branch === undefined || passesBranchFilter(listener, event.branch));
