import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether a program of that name is found through PATH. */
export const hasProgram = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/**
 * Skips the running test, naming what is missing, unless every program is installed. The reporter counts the skip
 * and prints its reason; under `PENSTOCK_REQUIRE_ALL=1` it fails the run.
 */
export const needPrograms = (context: { skip: (note?: string) => never }, ...names: readonly string[]): void => {
  const missing = names.filter((name) => !hasProgram(name));
  if (missing.length > 0) context.skip(`needs ${missing.join(', ')}`);
};
