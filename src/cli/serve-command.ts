import { Command } from 'commander';
import { serve } from '../app/serve.ts';
import { configOf, withDataOptions, withServeOptions } from './serve-options.ts';

export const serveCommand = (): Command =>
  withDataOptions(withServeOptions(new Command('serve').description('Run the server.'))).action(
    async (flags: Record<string, string | undefined>) => {
      await serve(configOf(flags), process.stdout);
    },
  );
