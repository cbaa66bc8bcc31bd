import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { ConfigError } from '../app/config-error.ts';
import { VERSION } from '../kit/version.ts';

interface RunnerFlags {
  readonly url?: string;
  readonly urlFile?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly concurrency: string;
  readonly stateDir: string;
  readonly name?: string;
  readonly logFile?: string;
  readonly abandonAfter?: string;
}

export const runnerCommand = (): Command =>
  new Command('runner')
    .description('Run jobs of a server in local shells (speaks the protocol of gitlab-runner).')
    .option('--url <url>', 'address of the server')
    .option('--url-file <path>', 'file that holds it, read again when the server is not there')
    .option('--token <token>', 'runner authentication token (glrt-…)')
    .option('--token-file <path>', 'file that holds it')
    .option('--concurrency <number>', 'jobs at the same time', '1')
    .option('--state-dir <folder>', 'builds, cache and state; one runner a folder', 'runner')
    .option('--name <text>', 'name in the log of jobs')
    .option('--log-file <path>', "the runner's own log (default: standard error)")
    .option('--abandon-after <seconds>', 'end when the server has been gone for so long (default: never)')
    .action(async (flags: RunnerFlags) => {
      const concurrency = wholeNumber(flags.concurrency, '--concurrency');
      const { abandonAfter } = flags;
      const token = flags.token ?? (await contentOf(flags.tokenFile, '--token or --token-file'));
      const { urlFile } = flags;
      const { runRunnerProcess } = await import('../runner/main-loop.ts');
      await runRunnerProcess({
        url: flags.url === undefined ? await contentOf(urlFile, '--url or --url-file') : httpUrl(flags.url),
        ...(urlFile !== undefined && { urlFile: resolve(urlFile) }),
        token,
        concurrency,
        stateDir: resolve(flags.stateDir),
        version: VERSION,
        releaseCli: [process.execPath, ...process.execArgv, process.argv[1] ?? '', 'release-cli'],
        ...(abandonAfter !== undefined && {
          polling: { abandonAfter: wholeNumber(abandonAfter, '--abandon-after') * 1000 },
        }),
        ...(flags.name !== undefined && { name: flags.name }),
        ...(flags.logFile !== undefined && { logFile: resolve(flags.logFile) }),
      });
    });

function httpUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? '')) {
    throw new ConfigError(`--url must be an address that begins with http:// or https://, not "${text}"`);
  }
  return text;
}

function wholeNumber(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new ConfigError(`${name} must be a whole number from 1 on, not "${text}"`);
  return value;
}

async function contentOf(path: string | undefined, wanted: string): Promise<string> {
  if (path === undefined) throw new ConfigError(`${wanted} is missing`);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    throw new ConfigError(`${wanted}: ${path} cannot be read`);
  }
}
