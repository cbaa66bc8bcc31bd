import { fstatSync } from 'node:fs';
import { ConfigError } from '../app/config-error.ts';
import { readConfigurationInput } from './offline/read-configuration.ts';
import { systemReason } from './system-reason.ts';

/** Where a command prints, and how. Tests hand in their own. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly readInput: () => Promise<string>;
  readonly folder: string;
  /** Whether colours are understood. */
  readonly colours: boolean;
}

const STDIN = 0;
/** Exit status when the output cannot be written. */
const UNWRITTEN = 2;

const endWithOutput = (error: NodeJS.ErrnoException): void => {
  // Whoever read the output has gone (`| head`): there is nobody left to tell.
  if (error.code === 'EPIPE') process.exit();
  console.error(`penstock: the output cannot be written: ${systemReason(error) ?? error.message}`);
  process.exit(UNWRITTEN);
};

/** Prints on standard output, and ends the process where that fails: a result that nobody gets is no success. */
export const printOut = (text: string): void => {
  process.stdout.removeListener('error', endWithOutput).on('error', endWithOutput).write(text);
};

/** Of this process. `NO_COLOR` turns colours off, as everywhere. */
export const processTerminal = (): Terminal => ({
  out: printOut,
  readInput: async () => {
    // Node takes it for an empty file.
    if (fstatSync(STDIN).isDirectory()) throw new ConfigError('standard input cannot be read: it is a folder');
    return readConfigurationInput(process.stdin);
  },
  folder: process.cwd(),
  colours: process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === '',
});
