import { insufficientScope } from '../../http/index.ts';
import { forbidden, notFound, unauthorized } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { type Actor, isAdmin, type UserActor } from './actor.ts';
import { refuseInactive } from './refuse-inactive.ts';
import type { User } from './user.ts';
import { findUserById, findUserByUsername } from './user-store.ts';

const findByIdOrName = async (db: Db, idOrName: string): Promise<User | undefined> =>
  /^\d{1,15}$/.test(idOrName) ? findUserById(db, Number(idOrName)) : findUserByUsername(db, idOrName);

/** `sudo`: an administrator with a token of scope `sudo` acts as somebody else. */
export const actAs = async (db: Db, actor: Actor, idOrName: string): Promise<UserActor> => {
  if (actor.kind === 'anonymous') throw unauthorized();
  if (actor.kind === 'job' || !isAdmin(actor)) throw forbidden('Must be admin to use sudo');
  if (actor.via.type !== 'token') {
    throw forbidden('Must be authenticated using an OAuth or personal access token to use sudo');
  }
  if (!actor.via.scopes.includes('sudo')) throw insufficientScope(['sudo']);
  const user = await findByIdOrName(db, idOrName);
  if (user === undefined) throw notFound(`User with ID or username '${idOrName}'`);
  refuseInactive(user);
  return { ...actor, user };
};
