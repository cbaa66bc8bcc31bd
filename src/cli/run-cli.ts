import { Command, CommanderError } from 'commander';
import { ConfigError } from '../app/config.ts';
import { migrateCommand } from './migrate-command.ts';
import { runnerCommand } from './runner-command.ts';
import { serveCommand } from './serve-command.ts';
import { tokenCommand } from './token-command.ts';
import { versionCommand, versionLine } from './version-command.ts';

/** Exit status of a wrong setting or argument. */
const USAGE = 2;

/** Runs one command and answers the exit status: 0 done, 1 failed, 2 a wrong setting or argument (one line on stderr). */
export async function runCli(args: readonly string[]): Promise<number> {
  const program = new Command('penstock')
    .description("A self-hosted CI/CD server that speaks GitLab's REST API and runs .gitlab-ci.yml.")
    .version(versionLine(), '--version', 'print the version')
    .showHelpAfterError('(penstock --help says more)')
    .configureOutput({ outputError: (text, write) => write(text) })
    .exitOverride();
  for (const command of [serveCommand(), runnerCommand(), tokenCommand(), migrateCommand(), versionCommand()]) {
    program.addCommand(withOverride(command));
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    return statusOf(error);
  }
}

/** Errors of subcommands are thrown like the program's own. */
function withOverride(command: Command): Command {
  command.exitOverride();
  for (const child of command.commands) withOverride(child);
  return command;
}

function statusOf(error: unknown): number {
  // Commander has said what is wrong (or shown the help that was asked for).
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (error instanceof ConfigError) {
    console.error(`penstock: ${error.message}`);
    return USAGE;
  }
  console.error(`penstock: ${error instanceof Error ? error.message : String(error)}`);
  return 1;
}
