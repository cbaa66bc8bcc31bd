import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * A `python3` of PATH that has this module, or undefined. Not always the first: a distribution's package serves the
 * distribution's Python only.
 */
export const findPythonWith = (module: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'python3'))
    .find(
      (python) => existsSync(python) && spawnSync(python, ['-c', `import ${module}`], { timeout: 20_000 }).status === 0,
    );
