import { join, resolve } from 'node:path';
import { type Cron, parseCron } from '../kit/cron/index.ts';
import { type AllowedTarget, BadAllowedTarget, parseAllowedTargets } from '../platform/net/index.ts';
import { ConfigError } from './config-error.ts';

/** Everything that `penstock serve` can be told. Read once, at the start; nothing else looks at the environment. */
export interface Config {
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  /** Absolute path. */
  readonly dataDir: string;
  /** The address that users, jobs and runners see; undefined: the one that is listened on. No trailing slash. */
  readonly externalUrl: string | undefined;
  /** Undefined: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  readonly rootPassword: string | undefined;
  /** A personal access token of root that exists after the first start. */
  readonly rootToken: string | undefined;
  readonly runner: 'embedded' | 'off';
  /** Jobs at the same time of the embedded runner. */
  readonly runnerConcurrency: number;
  /** Absolute path. */
  readonly secretKeyFile: string;
  readonly logLevel: string;
  /** Private hosts and addresses that requests on behalf of users may go to. */
  readonly outboundAllow: readonly AllowedTarget[];
  /** GitLab's worker that looks for due schedules, to imitate its times; undefined: true minutes. */
  readonly scheduleTickCron: Cron | undefined;
}

/** A setting: its flag (`--port`), its variable, and what to do with the text. */
interface Setting<T> {
  readonly flag: string;
  readonly variable: string;
  readonly read: (text: string, name: string) => T;
}

type Environment = Readonly<Record<string, string | undefined>>;
/** Values of flags by their camel-case name, as commander gives them. */
export type Flags = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const MIN_PASSWORD = 8;

const readText = (text: string): string => text;

const wholeNumber =
  (least: number, most: number) =>
  (text: string, name: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new ConfigError(`${name} must be a whole number from ${least} to ${most}, not "${text}"`);
    }
    return value;
  };

function readExternalUrl(text: string, name: string): string {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new ConfigError(`${name} must be an http or https address such as https://ci.example.org, not "${text}"`);
  }
  return url.href.replace(/\/+$/, '');
}

/** Not by `URL`: a socket's address has no host (`postgresql://user@/penstock?host=/run/postgresql`). */
function readDatabaseUrl(text: string, name: string): string {
  if (/^postgres(?:ql)?:\/\/\S+$/.test(text)) return text;
  // The address may hold a password, so it is not repeated.
  throw new ConfigError(`${name} must be an address such as postgresql://user:password@host:5432/penstock`);
}

function readRunner(text: string, name: string): 'embedded' | 'off' {
  if (text !== 'embedded' && text !== 'off') throw new ConfigError(`${name} must be embedded or off, not "${text}"`);
  return text;
}

function readLogLevel(text: string, name: string): string {
  if (!LOG_LEVELS.includes(text))
    throw new ConfigError(`${name} must be one of ${LOG_LEVELS.join(', ')}, not "${text}"`);
  return text;
}

function readPassword(text: string, name: string): string {
  if (text.length < MIN_PASSWORD) throw new ConfigError(`${name} must have at least ${MIN_PASSWORD} characters`);
  return text;
}

function readToken(text: string, name: string): string {
  if (!/^[A-Za-z0-9_.-]{20,255}$/.test(text)) {
    throw new ConfigError(`${name} must be 20 to 255 letters, digits, "_", "-" or ".", such as glpat-…`);
  }
  return text;
}

function readAllowedTargets(text: string, name: string): readonly AllowedTarget[] {
  try {
    return parseAllowedTargets(text);
  } catch (error) {
    if (error instanceof BadAllowedTarget) throw new ConfigError(`${name}: ${error.message}`);
    throw error;
  }
}

function readWorkerCron(text: string, name: string): Cron {
  const parsed = parseCron(text);
  if (parsed.kind === 'cron') return parsed.cron;
  throw new ConfigError(`${name}: ${parsed.reason}`);
}

const SETTINGS = {
  host: { flag: 'host', variable: 'PENSTOCK_HOST', read: readText },
  port: { flag: 'port', variable: 'PENSTOCK_PORT', read: wholeNumber(0, 65_535) },
  data: { flag: 'data', variable: 'PENSTOCK_DATA', read: readText },
  externalUrl: { flag: 'external-url', variable: 'PENSTOCK_EXTERNAL_URL', read: readExternalUrl },
  databaseUrl: { flag: 'database-url', variable: 'DATABASE_URL', read: readDatabaseUrl },
  rootPassword: { flag: 'root-password', variable: 'PENSTOCK_ROOT_PASSWORD', read: readPassword },
  rootToken: { flag: 'root-token', variable: 'PENSTOCK_ROOT_TOKEN', read: readToken },
  runner: { flag: 'runner', variable: 'PENSTOCK_RUNNER', read: readRunner },
  runnerConcurrency: {
    flag: 'runner-concurrency',
    variable: 'PENSTOCK_RUNNER_CONCURRENCY',
    read: wholeNumber(1, 1000),
  },
  secretKeyFile: { flag: 'secret-key-file', variable: 'PENSTOCK_SECRET_KEY_FILE', read: readText },
  logLevel: { flag: 'log-level', variable: 'PENSTOCK_LOG_LEVEL', read: readLogLevel },
  outboundAllow: { flag: 'outbound-allow', variable: 'PENSTOCK_OUTBOUND_ALLOW', read: readAllowedTargets },
  scheduleTickCron: { flag: 'schedule-tick-cron', variable: 'PENSTOCK_SCHEDULE_TICK_CRON', read: readWorkerCron },
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

/** The flag wins over the variable; an empty variable counts as not set. Undefined: neither is there. */
function read<T>(setting: Setting<T>, key: string, flags: Flags, environment: Environment): T | undefined {
  const flag = flags[key];
  if (flag !== undefined) return setting.read(flag, `--${setting.flag}`);
  const text = environment[setting.variable];
  return text === undefined || text === '' ? undefined : setting.read(text, setting.variable);
}

/** Throws `ConfigError` for the first setting that is wrong. */
export function readConfig(flags: Flags, environment: Environment, defaults: { readonly concurrency: number }): Config {
  const dataDir = resolve(read(SETTINGS.data, 'data', flags, environment) ?? 'data');
  return {
    host: read(SETTINGS.host, 'host', flags, environment) ?? '127.0.0.1',
    port: read(SETTINGS.port, 'port', flags, environment) ?? 8080,
    dataDir,
    externalUrl: read(SETTINGS.externalUrl, 'externalUrl', flags, environment),
    databaseUrl: read(SETTINGS.databaseUrl, 'databaseUrl', flags, environment),
    rootPassword: read(SETTINGS.rootPassword, 'rootPassword', flags, environment),
    rootToken: read(SETTINGS.rootToken, 'rootToken', flags, environment),
    runner: read(SETTINGS.runner, 'runner', flags, environment) ?? 'embedded',
    runnerConcurrency:
      read(SETTINGS.runnerConcurrency, 'runnerConcurrency', flags, environment) ?? defaults.concurrency,
    secretKeyFile: resolve(
      read(SETTINGS.secretKeyFile, 'secretKeyFile', flags, environment) ?? join(dataDir, 'secret.key'),
    ),
    logLevel: read(SETTINGS.logLevel, 'logLevel', flags, environment) ?? 'info',
    outboundAllow: read(SETTINGS.outboundAllow, 'outboundAllow', flags, environment) ?? [],
    scheduleTickCron: read(SETTINGS.scheduleTickCron, 'scheduleTickCron', flags, environment),
  };
}
