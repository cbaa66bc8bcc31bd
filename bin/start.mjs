// The one file that is no TypeScript: what runs before the cache is enabled is compiled anew at every start, and
// stripping the types of a single file would load the compiler for it.
import { enableCompileCache, registerHooks } from 'node:module';

enableCompileCache();

// Our own imports say the whole file name. Without Node's search for links, package scopes and formats, some hundred
// files are there in half the time.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier.startsWith('.') && specifier.endsWith('.ts')
      ? { url: new URL(specifier, context.parentURL).href, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
});

await import('../src/main.ts');
