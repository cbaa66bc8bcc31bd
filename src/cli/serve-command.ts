import { Command } from 'commander';
import { configOf, withDataOptions, withServeOptions } from './serve-options.ts';

export const serveCommand = (): Command =>
  withDataOptions(withServeOptions(new Command('serve').description('Run the server.'))).action(
    async (flags: Record<string, string | undefined>) => {
      const config = configOf(flags);
      // Loaded only now: a runner's process never needs the server.
      const { serve } = await import('../app/serve.ts');
      await serve(config, process.stdout);
    },
  );
