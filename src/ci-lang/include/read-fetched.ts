import type { LoadedFile } from '../inputs/index.ts';
import { readConfigFile } from '../read/read-config-file.ts';
import type { FetchedFile } from './fetch-files.ts';
import type { IncludeContext } from './include-context.ts';

/** Reads the YAML of a file that came; the same file once. Throws ConfigError. */
export const readFetched = ({ shown, answer }: FetchedFile, { files, memory }: IncludeContext): LoadedFile => {
  if (answer.kind === 'problem') throw new Error(answer.message);
  const loaded = files.get(answer.key) ?? readConfigFile(answer.text, answer.file, { shown, memory });
  files.set(answer.key, loaded);
  return loaded;
};
