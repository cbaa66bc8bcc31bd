// The one file that is no TypeScript: what runs before the cache is enabled is compiled anew at every start, and
// stripping the types of a single file would load the compiler for it.
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('../src/main.ts');
