import { Command, CommanderError } from 'commander';
import { ConfigError } from '../app/config-error.ts';
import { ExitStatus } from './exit-status.ts';
import { systemReason } from './system-reason.ts';
import { printOut } from './terminal.ts';
import { versionLine } from './version-line.ts';

/** Exit status of a wrong setting or argument. */
const USAGE = 2;

/** In the order of the help. Loaded only when asked for: `lint` starts as fast as it can. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve-command.ts')).serveCommand(),
  runner: async () => (await import('./runner-command.ts')).runnerCommand(),
  lint: async () => (await import('./lint-command.ts')).lintCommand(),
  why: async () => (await import('./why-command.ts')).whyCommand(),
  schema: async () => (await import('./schema-command.ts')).schemaCommand(),
  token: async () => (await import('./token-command.ts')).tokenCommand(),
  migrate: async () => (await import('./migrate-command.ts')).migrateCommand(),
  'release-cli': async () => (await import('./release-cli-command.ts')).releaseCliCommand(),
  version: async () => (await import('./version-command.ts')).versionCommand(),
};

const OUTPUT = { writeOut: printOut, outputError: (text: string, write: (text: string) => void) => write(text) };

/** Runs one command and answers the exit status: 0 done, 1 failed, 2 a wrong setting or argument (one line on stderr). */
export async function runCli(args: readonly string[]): Promise<number> {
  const program = new Command('penstock')
    .description("A self-hosted CI/CD server that speaks GitLab's REST API and runs .gitlab-ci.yml.")
    .version(versionLine(), '--version', 'print the version')
    .showHelpAfterError('(penstock --help says more)')
    .configureOutput(OUTPUT)
    .exitOverride();
  const [name = ''] = args;
  const asked = Object.hasOwn(COMMANDS, name) ? [COMMANDS[name]] : Object.values(COMMANDS);
  for (const load of asked) if (load !== undefined) program.addCommand(withOverride(await load()));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    return statusOf(error);
  }
}

/** Errors of subcommands are thrown, and texts printed, like the program's own. */
function withOverride(command: Command): Command {
  command.exitOverride().configureOutput(OUTPUT);
  for (const child of command.commands) withOverride(child);
  return command;
}

function statusOf(error: unknown): number {
  if (error instanceof ExitStatus) return error.status;
  // Commander has said what is wrong (or shown the help that was asked for).
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (error instanceof ConfigError) {
    console.error(`penstock: ${error.message}`);
    return USAGE;
  }
  console.error(`penstock: ${sentenceOf(error)}`);
  return 1;
}

/** The system's own errors say `ENOTDIR: not a directory, scandir '…'`. */
function sentenceOf(error: unknown): string {
  const reason = systemReason(error);
  if (reason === undefined || !(error instanceof Error)) return error instanceof Error ? error.message : String(error);
  return 'path' in error && typeof error.path === 'string' ? `${error.path}: ${reason}` : error.message;
}
