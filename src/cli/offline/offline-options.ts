import { type Command, Option } from 'commander';
import { ConfigError } from '../../app/config-error.ts';
import { PIPELINE_SOURCES } from '../../wire/statuses.ts';

/** What lint and why are told on the command line. */
export interface OfflineFlags {
  readonly project?: readonly string[];
  readonly remote?: readonly string[];
  readonly fetch?: boolean;
  readonly input?: readonly string[];
  readonly variable?: readonly string[];
  readonly ref?: string;
  readonly source: string;
  readonly since?: string;
  readonly server?: string;
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export const withOfflineOptions = (command: Command): Command =>
  command
    .option('--project <path=folder>', 'files of another project, for its includes (repeatable)', collect)
    .option('--remote <url=file>', 'what is at an address that is included (repeatable)', collect)
    .option('--fetch', 'fetch other addresses that are included')
    .option('--input <name=value>', 'an input of the pipeline (repeatable)', collect)
    .option('--variable <key=value>', 'a variable of the pipeline (repeatable)', collect)
    .option('--ref <name>', 'branch or tag of the pipeline (default: what is checked out)')
    .addOption(new Option('--source <name>', 'what starts the pipeline').choices(PIPELINE_SOURCES).default('push'))
    .option('--server <url>', 'address of the server (default: as `origin` says)')
    .option('--since <ref>', 'what `changes` compares to (default: the commit before the last one)');

/** `name=value` pairs of a repeatable option. */
export const pairsOf = (option: string, given: readonly string[] = []): readonly (readonly [string, string])[] =>
  given.map((text) => {
    const at = text.indexOf('=', text.startsWith('http') ? text.lastIndexOf('=') : 0);
    if (at < 1) throw new ConfigError(`${option} wants ${SHAPES[option] ?? 'name=value'}, not "${text}"`);
    return [text.slice(0, at), text.slice(at + 1)];
  });

const SHAPES: Readonly<Record<string, string>> = {
  '--project': 'path=folder',
  '--remote': 'url=file',
  '--variable': 'KEY=value',
};
