import type { Db } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import { findUserById } from '../accounts/index.ts';
import type { Project, Role } from '../projects/index.ts';
import { findRole, userCan } from '../projects/index.ts';
import type { Schedule } from './schedule.ts';

const GONE = 'its owner is gone: take ownership of the schedule to run it again';

/** Who a schedule runs as, with the rights of this moment; a text: why it may not run. */
export const findOwner = async (
  db: Db,
  { owner }: Pick<Schedule, 'owner'>,
  project: Project,
  now: Date,
): Promise<{ readonly user: User; readonly role: Role | undefined } | string> => {
  const user = owner === null ? undefined : await findUserById(db, owner.id);
  if (user === undefined) return GONE;
  const role = await findRole(db, user, project.id, now);
  return userCan(user, 'create_pipeline', project, role)
    ? { user, role }
    : `its owner, ${user.username}, may not run pipelines of this project any more`;
};
