import type { ResolvedVariables } from './variables.ts';

/** Names that bash will not let anybody set, and names that it cannot hold. */
const isExportable = (key: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) &&
  !['BASHOPTS', 'BASH_VERSINFO', 'EUID', 'PPID', 'SHELLOPTS', 'UID'].includes(key);

/** One shell word that means exactly this text. A NUL cannot be in one and is left out. */
export const quote = (text: string): string => `'${text.replaceAll('\0', '').replaceAll("'", String.raw`'\''`)}'`;

/** Variables that the shell cannot take; the log names them. */
export const unexportable = (variables: ResolvedVariables): readonly string[] =>
  [...variables.keys()].filter((key) => !isExportable(key));

const exportLines = (variables: ResolvedVariables): readonly string[] =>
  [...variables.values()]
    .filter((variable) => isExportable(variable.key))
    .map((variable) => `export ${variable.key}=${quote(variable.value)}`);

/**
 * GITLAB_ENV: each line is exported as it is. gitlab-runner's loop fails on an empty line and overlooks a last line
 * without newline; this one takes both. An invalid name still ends the stage.
 */
const gitlabEnvLines = (path: string): readonly string[] => [
  `export GITLAB_ENV=${quote(path)}`,
  '[ -e "$GITLAB_ENV" ] || : > "$GITLAB_ENV"',
  'while read -r penstock_line || [ -n "$penstock_line" ]; do',
  '  if [ -n "$penstock_line" ]; then export "$penstock_line"; fi',
  'done < "$GITLAB_ENV"',
  'unset penstock_line',
];

/** The command's echo in the log, as gitlab-runner shows it, and the command. */
const commandLines = (command: string): readonly string[] => {
  const text = command.trim();
  if (text === '') return ['echo'];
  const [first = '', ...rest] = text.split('\n');
  const shown = rest.length === 0 ? first : `${first} # collapsed multi-line command`;
  return [`echo ${quote(`\u001b[32;1m$ ${shown}\u001b[0;m`)}`, text];
};

export interface ShellScript {
  readonly commands: readonly string[];
  readonly variables: ResolvedVariables;
  /** Path behind GITLAB_ENV. */
  readonly gitlabEnv: string;
  /** Where the commands run; undefined = where the shell starts. */
  readonly folder: string | undefined;
  /** CI_DEBUG_TRACE. */
  readonly isTraced: boolean;
}

/**
 * The text that a stage's shell reads. The body is one word for `eval`, in a subshell without input: commands that read
 * stdin see its end and not the script, and a syntax error shows only after the commands before it ran.
 */
export const shellScript = (script: ShellScript): string => {
  const body = [
    ...exportLines(script.variables),
    ...gitlabEnvLines(script.gitlabEnv),
    ...(script.folder === undefined ? [] : [`cd ${quote(script.folder)}`]),
    // gitlab-runner traces the exports as well; values that the shell shows in its own quoting would escape the masks.
    ...(script.isTraced ? ['set -o xtrace'] : []),
    ...script.commands.flatMap(commandLines),
  ];
  return [
    "trap 'exit 1' TERM",
    'if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi',
    'set -o errexit',
    'set +o noclobber',
    "( trap 'exit 1' TERM",
    `eval ${quote(`${body.join('\n')}\n`)}`,
    ') < /dev/null',
    'exit 0',
    '',
  ].join('\n');
};
