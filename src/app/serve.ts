import { createLogger } from '../platform/log.ts';
import type { Config } from './config.ts';
import type { RunningServer } from './start-server.ts';
import { startServer } from './start-server.ts';

/** Where the command's own words go; logs go to standard error. */
export interface Output {
  write(text: string): unknown;
}

/** Runs a server until SIGTERM or SIGINT, then ends it in order. A second signal ends the process at once. */
export async function serve(config: Config, output: Output): Promise<void> {
  const log = createLogger({ level: config.logLevel });
  const stopped = untilSignal();
  const server = await startServer(config, log);
  announce(server, config, output);
  const signal = await stopped;
  log.info({ signal }, 'stopping');
  await server.stop();
}

function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let isEnding = false;
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.on(name, () => {
        if (isEnding) process.exit(1);
        isEnding = true;
        resolve(name);
      });
    }
  });
}

/** One line with the address for whoever started us; at the first start also how to get in. */
function announce(server: RunningServer, config: Config, output: Output): void {
  output.write(`listening on ${server.url}\n`);
  if (!server.firstStart) return;
  const lines = [
    '',
    'Welcome to Penstock.',
    `  address   ${server.externalUrl}`,
    '  user      root',
    ...(server.generatedPassword === undefined ? [] : [`  password  ${server.generatedPassword}   (shown only now)`]),
    `  data      ${config.dataDir}`,
    '',
    'Make a token, then try:',
    `  TOKEN=$(bin/penstock token create --data ${shellWord(config.dataDir)})`,
    `  curl --header "PRIVATE-TOKEN: $TOKEN" ${shellWord(`${server.externalUrl}/api/v4/user`)}`,
    '',
  ];
  output.write(`${lines.join('\n')}\n`);
}

const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
