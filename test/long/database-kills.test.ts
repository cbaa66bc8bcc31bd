import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startEmbeddedPostgres } from '../../src/platform/postgres/index.ts';
import { killWhileCommitting } from '../support/kill-while-committing.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KILLS = 50;
const log = { info: (): void => undefined, warn: (): void => undefined };

it(`the embedded database loses no acknowledged row in ${KILLS} kills`, async () => {
  const server = await startEmbeddedPostgres({ dataDir: join(temporaryFolder(), 'postgres'), log });
  onTestFinished(server.stop);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    expect(await killWhileCommitting(server, kill * 7), `rows lost by kill ${kill}`).toEqual([]);
  }
});
