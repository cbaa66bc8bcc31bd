import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { ExitStatus } from './exit-status.ts';
import { withOfflineOptions } from './offline/offline-options.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import type { WhyFlags } from './why/run-why.ts';

const DEFAULT_FILE = '.gitlab-ci.yml';

export const whyCommand = (): Command =>
  withOfflineOptions(
    new Command('why')
      .description('Say why each job is in a pipeline or not, rule by rule, without a server.')
      .argument('[file]', `configuration, - for standard input (default: ${DEFAULT_FILE})`)
      .argument('[job]', 'only this job')
      .addOption(new Option('--format <name>', 'how to print').choices(['human', 'json']).default('human')),
  ).action(async (first: string | undefined, second: string | undefined, flags: WhyFlags) => {
    const terminal = processTerminal();
    const [file, job] = fileAndJob(first, second, terminal);
    const { runWhy } = await import('./why/run-why.ts');
    const status = await runWhy(file, job, flags, terminal);
    if (status !== 0) throw new ExitStatus(status);
  });

/** One argument alone is a file when it looks like one, else a job. */
const fileAndJob = (
  first: string | undefined,
  second: string | undefined,
  { folder }: Terminal,
): readonly [string, string | undefined] => {
  if (first === undefined || second !== undefined) return [first ?? DEFAULT_FILE, second];
  const isFile = first === '-' || /\.ya?ml$/i.test(first) || existsSync(resolve(folder, first));
  return isFile ? [first, undefined] : [DEFAULT_FILE, first];
};
