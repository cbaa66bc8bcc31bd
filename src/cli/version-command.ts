import { Command } from 'commander';
import { printOut } from './terminal.ts';
import { versionLine } from './version-line.ts';

export const versionCommand = (): Command =>
  new Command('version').description('Print the version.').action(() => {
    printOut(`${versionLine()}\n`);
  });
