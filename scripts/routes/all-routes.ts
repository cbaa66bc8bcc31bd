import { Background } from '../../src/app/background.ts';
import { makeParts } from '../../src/app/parts.ts';
import { type AppRoutes, makeRoutes } from '../../src/app/routes.ts';
import { createLogger } from '../../src/platform/log.ts';
import { openDatabase } from '../../src/platform/postgres/index.ts';
import { createVault, parseKeyring } from '../../src/platform/secrets/index.ts';

const NOWHERE = '/nowhere';

/** Every route of the server, to be read and not called: nothing is opened or written for it. */
export const allRoutes = (): AppRoutes => {
  const log = createLogger({ level: 'silent' });
  const place = { host: NOWHERE, port: 5432, user: 'nobody', database: 'none' };
  return makeRoutes(
    makeParts({
      // A pool that connects at its first statement, of which there is none.
      database: openDatabase(place, { onError: () => undefined }),
      clock: { now: () => new Date(0) },
      log,
      vault: createVault(parseKeyring(`1:${Buffer.alloc(32).toString('base64')}`, 'no key')),
      background: new Background(log),
      dataDir: NOWHERE,
      externalUrl: 'https://ci.example.com',
      outboundAllow: [],
    }),
  );
};
