import { notFound } from '../../../kit/errors.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import type { User } from '../user.ts';
import { findUserById, findUserByUsername } from '../user-store.ts';

/** Throws 404. */
export const getUserById = async (db: Db, id: number): Promise<User> => {
  const user = await findUserById(db, id);
  if (user === undefined) throw notFound('User');
  return user;
};

/** A number is an id, anything else a username. Throws 404. */
export const getUserByIdOrName = async (db: Db, idOrName: string): Promise<User> => {
  const isId = /^\d{1,15}$/.test(idOrName);
  const user = isId ? await findUserById(db, Number(idOrName)) : await findUserByUsername(db, idOrName);
  if (user === undefined) throw notFound('User');
  return user;
};
