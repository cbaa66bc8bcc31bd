import type { HookId } from '../../../kit/ids.ts';

/** A hook that something can be sent to, and whose it is. */
export interface DueHook {
  readonly id: HookId;
  readonly kind: 'system' | 'project' | 'group';
  /** The one project or group that has it; all system hooks have one. */
  readonly place: string;
  /** The group (or person) at the top of its place; all system hooks have one. */
  readonly top: string;
}

/** Endpoints that are sent to at once. Each waits for the network most of its time. */
export const LANES = 48;
/** Of them, those that hooks of projects and groups leave to system hooks. */
const FOR_SYSTEM = 8;
/** Lanes of all that stands below one group; of all system hooks. */
const OF_TOP = 16;
/** Lanes of one project or group. */
const OF_PLACE = 8;

/**
 * Those of `waiting`, in their order, that may begin beside `running`: however many endpoints of one project hang, lanes are
 * left to the rest of its group, to other groups and to system hooks. Pure.
 */
export const admitHooks = (waiting: readonly DueHook[], running: readonly DueHook[]): readonly DueHook[] => {
  const counts = new Map<string, number>();
  const count = (name: string): number => counts.get(name) ?? 0;
  const limits = ({ kind, place, top }: DueHook): readonly (readonly [string, number])[] =>
    kind === 'system'
      ? [
          ['all', LANES],
          ['system', OF_TOP],
        ]
      : [
          ['all', LANES],
          ['not system', LANES - FOR_SYSTEM],
          [`top ${top}`, OF_TOP],
          [`place ${place}`, OF_PLACE],
        ];
  const enter = (hook: DueHook): void => {
    for (const [name] of limits(hook)) counts.set(name, count(name) + 1);
  };
  for (const hook of running) enter(hook);
  return waiting.filter((hook) => {
    const mayBegin = limits(hook).every(([name, most]) => count(name) < most);
    if (mayBegin) enter(hook);
    return mayBegin;
  });
};
