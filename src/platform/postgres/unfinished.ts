import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from './errno.ts';
import { isAlive } from './postmaster.ts';

const UNFINISHED = /\.(\d+)\.new$/;

/** Under this name a folder is filled; it gets its own only when complete, so that a kill leaves nothing half made. */
export const unfinishedName = (path: string): string => `${path}.${process.pid}.new`;

export const isUnfinished = (name: string): boolean => UNFINISHED.test(name);

/** Gives a filled folder its name. Where another process was faster, its folder stays and this one goes. */
export const moveIntoPlace = (unfinished: string, path: string): void => {
  try {
    renameSync(unfinished, path);
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    rmSync(unfinished, { recursive: true, force: true });
  }
};

/** Removes what killed processes left unfinished in that folder. */
export const removeUnfinished = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    const pid = UNFINISHED.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
};
