import type { UserId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { findProjectById } from '../projects/index.ts';
import { type DueTicksDeps, writeDueTicks } from './due-ticks.ts';
import { findOwner } from './find-owner.ts';
import { lockActiveSchedulesOf, lockSchedule, updateSchedule } from './store.ts';

/**
 * Switches off, with the reason, every active schedule of a user that the user may not run any more: to be called where
 * somebody loses rights, in the same transaction and after the loss. Nothing switches them on again by itself. A run that
 * was due already gets its row in the ledger.
 */
export const switchOffSchedulesOf = async (
  tx: Tx,
  { clock, scheduleClock }: Pick<DueTicksDeps, 'clock' | 'scheduleClock'>,
  userId: UserId,
): Promise<void> => {
  const now = clock.now();
  // Of many schedules in one project only the first asks.
  const reasons = new Map<number, string | undefined>();
  for (const id of await lockActiveSchedulesOf(tx, userId)) {
    const schedule = await lockSchedule(tx, id);
    if (schedule === undefined) continue;
    const { projectId } = schedule;
    if (!reasons.has(projectId)) {
      const project = await findProjectById(tx, projectId);
      // An archived project holds its schedules up for everybody: that is no loss of this owner's.
      const owner = project && (await findOwner(tx, schedule, { ...project, archived: false }, now));
      reasons.set(projectId, typeof owner === 'string' ? owner : undefined);
    }
    const reason = reasons.get(projectId);
    if (reason === undefined) continue;
    await writeDueTicks(tx, { scheduleClock }, schedule, now);
    await updateSchedule(tx, id, { active: false, deactivatedReason: reason }, now);
  }
};
