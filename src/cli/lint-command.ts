import { Command, Option } from 'commander';
import { ExitStatus } from './exit-status.ts';
import type { LintFlags } from './lint/run-lint.ts';
import { withOfflineOptions } from './offline/offline-options.ts';
import { processTerminal } from './terminal.ts';

export const lintCommand = (): Command =>
  withOfflineOptions(
    new Command('lint')
      .description('Check a configuration without a server: status 0 valid, 1 not valid, 2 a wrong argument.')
      .argument('[file]', 'configuration, - for standard input', '.gitlab-ci.yml')
      .addOption(new Option('--format <name>', 'how to print').choices(['human', 'json', 'sarif']).default('human'))
      .option('--dry-run', 'evaluate the rules, for the source and ref')
      .option('--strict', 'warnings count as errors'),
  ).action(async (file: string, flags: LintFlags) => {
    const { runLint } = await import('./lint/run-lint.ts');
    const status = await runLint(file, flags, processTerminal());
    if (status !== 0) throw new ExitStatus(status);
  });
