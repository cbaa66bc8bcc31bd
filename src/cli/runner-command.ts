import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { ConfigError } from '../app/config.ts';
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
    .action(async (flags: RunnerFlags) => {
      const concurrency = Number(flags.concurrency);
      if (!Number.isInteger(concurrency) || concurrency < 1) {
        throw new ConfigError(`--concurrency must be a whole number from 1 on, not "${flags.concurrency}"`);
      }
      const token = flags.token ?? (await contentOf(flags.tokenFile, '--token or --token-file'));
      const { urlFile } = flags;
      const { runRunnerProcess } = await import('../runner/main-loop.ts');
      await runRunnerProcess({
        url: flags.url ?? (await contentOf(urlFile, '--url or --url-file')),
        ...(urlFile !== undefined && { urlFile: resolve(urlFile) }),
        token,
        concurrency,
        stateDir: resolve(flags.stateDir),
        version: VERSION,
        ...(flags.name !== undefined && { name: flags.name }),
        ...(flags.logFile !== undefined && { logFile: resolve(flags.logFile) }),
      });
    });

async function contentOf(path: string | undefined, wanted: string): Promise<string> {
  if (path === undefined) throw new ConfigError(`${wanted} is missing`);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    throw new ConfigError(`${wanted}: ${path} cannot be read`);
  }
}
