import { Command } from 'commander';
import { versionLine } from './version-line.ts';

export const versionCommand = (): Command =>
  new Command('version').description('Print the version.').action(() => {
    console.log(versionLine());
  });
