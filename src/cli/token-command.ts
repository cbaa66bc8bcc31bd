import { Command } from 'commander';
import type { TokenFlags } from './create-token.ts';
import { withDataOptions } from './serve-options.ts';

export const tokenCommand = (): Command => {
  const create = withDataOptions(
    new Command('create')
      .description('Create a personal access token and print it, once.')
      .option('--user <name>', 'whose token it is', 'root')
      .option('--name <text>', 'what it is for', 'created on the command line')
      .option('--scopes <list>', 'comma-separated scopes', 'api')
      .option('--expires-at <day>', 'day from whose start it is dead, YYYY-MM-DD (default: it never expires)'),
  ).action(async (flags: TokenFlags) => {
    const { createToken } = await import('./create-token.ts');
    await createToken(flags);
  });
  return new Command('token').description('Personal access tokens.').addCommand(create);
};
