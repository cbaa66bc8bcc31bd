import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that goes with the running test. Everybody may pass through it: root's database server is somebody else. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-folder-'));
  chmodSync(folder, 0o711);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
