import { devNull } from 'node:os';

/**
 * Settings of every git process, given through the environment: no repository's own file has to be rewritten when one
 * of them changes, and nothing that the machine's owner configured leaks in.
 */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['safe.directory', '*'],
  ['core.hooksPath', devNull],
  ['core.quotePath', 'false'],
  ['core.logAllRefUpdates', 'false'],
  // An acknowledged push survives a power cut: objects and refs are synced before git answers.
  ['core.fsync', 'committed'],
  // Milliseconds to wait for another push's lock.
  ['core.filesRefLockTimeout', '3000'],
  ['core.packedRefsTimeout', '3000'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  // The server's git never talks to anybody.
  ['protocol.allow', 'never'],
  ['uploadpack.allowAnySHA1InWant', 'true'],
  ['uploadpack.allowFilter', 'true'],
  ['uploadpack.hideRefs', 'refs/keep-around'],
  ['receive.advertisePushOptions', 'true'],
  ['receive.autogc', 'false'],
  ['receive.denyCurrentBranch', 'ignore'],
  ['receive.denyDeleteCurrent', 'ignore'],
  ['receive.hideRefs', 'refs/environments'],
  ['receive.hideRefs', 'refs/keep-around'],
  ['receive.hideRefs', 'refs/merge-requests'],
  ['receive.hideRefs', 'refs/pipelines'],
  ['receive.hideRefs', 'refs/remotes'],
  ['receive.hideRefs', 'refs/replace'],
  ['receive.fsckObjects', 'true'],
  // Old but harmless histories are full of these.
  ['receive.fsck.badTimezone', 'ignore'],
  ['receive.fsck.missingSpaceBeforeDate', 'ignore'],
  ['receive.fsck.zeroPaddedFilemode', 'ignore'],
];

/**
 * The whole environment of a git process: nothing is inherited but where programs and temporary files are.
 * `settings` are added to the standing ones, later ones winning.
 */
export const gitEnvironment = (
  gitDir: string | undefined,
  settings: readonly (readonly [string, string])[] = [],
): Record<string, string> => {
  const environment: Record<string, string> = {
    HOME: devNull,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_SYSTEM: devNull,
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_LAZY_FETCH: '1',
    // A pushed refs/replace/… must not change what the server reads.
    GIT_NO_REPLACE_OBJECTS: '1',
    // An explicit directory is also exempt from the check of its owner.
    ...(gitDir === undefined ? {} : { GIT_DIR: gitDir }),
  };
  for (const name of ['PATH', 'TMPDIR']) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  const all = [...SETTINGS, ...settings];
  environment['GIT_CONFIG_COUNT'] = String(all.length);
  for (const [index, [key, value]] of all.entries()) {
    environment[`GIT_CONFIG_KEY_${index}`] = key;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return environment;
};
