import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { publishTo } from '../events/index.ts';
import type { HttpServer } from '../http/index.ts';
import { createHttpServer } from '../http/index.ts';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { Database } from '../platform/postgres/index.ts';
import type { Keyring } from '../platform/secrets/index.ts';
import { BadKeyFile, createVault, loadOrCreateKeyring } from '../platform/secrets/index.ts';
import { Ticker } from '../platform/ticker.ts';
import type { RootOutcome } from '../rooms/accounts/index.ts';
import { BadRootSetting, checkSecretKey, ensureRoot, WrongSecretKey } from '../rooms/accounts/index.ts';
import { EventBell, hooksOnFacts } from '../rooms/hooks/index.ts';
import { countEmbeddedJobs } from '../rooms/runners/index.ts';
import { Background } from './background.ts';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import { isSystemError, makeDataFolder } from './data-folder.ts';
import { openAppDatabase } from './database.ts';
import { EmbeddedRunner } from './embedded-runner.ts';
import { findFreePort } from './free-port.ts';
import { numberOnRing } from './number-on-ring.ts';
import type { Parts } from './parts.ts';
import { makeParts } from './parts.ts';
import { ringOnPendingJobs } from './ring-on-pending-jobs.ts';
import { makeRoutes } from './routes.ts';
import { systemClock } from './system-clock.ts';
import { makeTicks } from './ticks.ts';

export interface RunningServer {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** What users, jobs and runners are told. */
  readonly externalUrl: string;
  /** Root was made by this start. */
  readonly firstStart: boolean;
  /** Root's password, when one had to be made up. */
  readonly generatedPassword: string | undefined;
  /** Takes no more work, finishes requests, stops the database. */
  readonly stop: () => Promise<void>;
}

export interface StartOptions {
  readonly clock?: Clock;
}

/** Milliseconds that requests under way get to finish when the server stops. */
const DRAIN = 10_000;
/** Milliseconds that hooks under way get for their answer; what is cut off is sent again by the next start. */
const SEND_GRACE = 3_000;
/** Where the file is that the embedded runner starts again as `penstock runner`. */
const MAIN_FILE = join(import.meta.dirname, '..', 'main.ts');

/**
 * Brings a server up: data folder, key, database, root, HTTP, pushes that a crash left open, background work, runner.
 * Throws `ConfigError` for what the operator must mend.
 */
export async function startServer(config: Config, log: Logger, options: StartOptions = {}): Promise<RunningServer> {
  const clock = options.clock ?? systemClock;
  makeDataFolder(config.dataDir);
  for (const folder of ['repositories', 'blobs', 'runner']) {
    mkdirSync(join(config.dataDir, folder), { recursive: true, mode: 0o700 });
  }
  const vault = createVault(await readKeyring(config));
  const database = await openAppDatabase(config, log, { exclusive: true });
  try {
    const root = await prepareAccounts(config, { db: database.db, clock, vault });
    const background = new Background(log);
    const { dataDir, outboundAllow, scheduleTickCron } = config;
    const http = await listen(config, log, (externalUrl) =>
      makeParts({ database, clock, log, vault, background, dataDir, externalUrl, outboundAllow, scheduleTickCron }),
    );
    const running = await startWork(config, log, database, http);
    return {
      url: http.url,
      externalUrl: http.parts.server.externalUrl,
      firstStart: root.created,
      generatedPassword: root.generatedPassword,
      stop: async () => {
        await running.stop();
        await http.server.close(DRAIN);
        await background.settle();
        http.parts.presence.close();
        http.parts.repositories.git.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function readKeyring(config: Config): Promise<Keyring> {
  try {
    return (await loadOrCreateKeyring(config.secretKeyFile)).keyring;
  } catch (error) {
    if (isSystemError(error)) {
      throw new ConfigError(`the key file ${config.secretKeyFile} can be neither read nor made (${error.code})`);
    }
    throw asConfigError(error);
  }
}

/** Is the key the one of this database? Then root, who is made by the first start. */
async function prepareAccounts(config: Config, deps: Parameters<typeof checkSecretKey>[0]): Promise<RootOutcome> {
  try {
    await checkSecretKey(deps);
    // Nobody works on events yet: those who start later find what is told here.
    const publish = publishTo([hooksOnFacts(deps.clock, new EventBell())]);
    return await ensureRoot({ ...deps, publish }, { password: config.rootPassword, token: config.rootToken });
  } catch (error) {
    throw asConfigError(error);
  }
}

/** What the operator can mend is one line and status 2. */
const asConfigError = (error: unknown): unknown =>
  error instanceof BadRootSetting || error instanceof BadKeyFile || error instanceof WrongSecretKey
    ? new ConfigError(error.message)
    : error;

interface Listening {
  readonly server: HttpServer;
  readonly url: string;
  readonly parts: Parts;
}

/** The parts need the address that users see, so with port 0 a free one is looked for before they are made. */
async function listen(config: Config, log: Logger, make: (externalUrl: string) => Parts): Promise<Listening> {
  const port = config.port === 0 && config.externalUrl === undefined ? await findFreePort(config.host) : config.port;
  const externalUrl = config.externalUrl ?? `http://${urlHost(config.host)}:${port}`;
  const parts = make(externalUrl);
  await parts.presence.open();
  const routes = makeRoutes(parts);
  const server = createHttpServer({
    routes: routes.api,
    siteRoutes: routes.site,
    throttle: routes.throttle,
    log,
    externalUrl,
  });
  try {
    const { url } = await server.listen({ host: config.host, port });
    return { server, url, parts };
  } catch (error) {
    parts.presence.close();
    throw explainListen(error, config);
  }
}

function explainListen(error: unknown, config: Config): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const place = `${config.host}:${config.port}`;
  if (code === 'EADDRINUSE') return new ConfigError(`${place} is in use: choose another port with --port`);
  if (code === 'EACCES') return new ConfigError(`${place} may not be used by this user: choose a port above 1023`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new ConfigError(`${config.host} is no address of this machine`);
  }
  return error;
}

/** Everything that goes on beside requests. */
async function startWork(
  config: Config,
  log: Logger,
  database: Database,
  { parts, url }: Listening,
): Promise<{ readonly stop: () => Promise<void> }> {
  const unlisten = await ringOnPendingJobs(database, parts.bell);
  await parts.pushes.finishOpenPushes();
  const stopNumbering = numberOnRing(parts, database);
  const ticker = new Ticker(log);
  for (const tick of makeTicks(parts, database)) ticker.start(tick);
  const runner =
    config.runner === 'off'
      ? undefined
      : new EmbeddedRunner(parts, {
          folder: join(config.dataDir, 'runner'),
          mainFile: MAIN_FILE,
          url,
          concurrency: config.runnerConcurrency,
        });
  await runner?.start();
  return {
    stop: async () => {
      await unlisten();
      await Promise.all([stopNumbering(), ticker.stop()]);
      await parts.drains.stop(SEND_GRACE);
      await runner?.stop((await countEmbeddedJobs(parts.db)) > 0);
    },
  };
}

const urlHost = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
};
