import type { JobPayload } from '../../wire/runner-protocol.ts';
import { JobFailure } from '../job/job-failure.ts';
import { parseBoolean, type ResolvedVariables, setting } from '../job/variables.ts';

export type GitStrategy = 'clone' | 'fetch' | 'none' | 'empty';
export type SubmoduleStrategy = 'none' | 'normal' | 'recursive';

/** What the job's variables say about the checkout. */
export interface SourceSettings {
  readonly strategy: GitStrategy;
  readonly isCheckedOut: boolean;
  /** Undefined = no clean. */
  readonly cleanFlags: readonly string[] | undefined;
  readonly fetchFlags: readonly string[];
  readonly depth: number;
  readonly submodules: SubmoduleStrategy;
  readonly submoduleDepth: number;
  readonly submodulePaths: readonly string[];
  readonly submoduleFlags: readonly string[];
  readonly isHttpsForced: boolean;
  /** The user asked not to get large files. */
  readonly skipsLfs: boolean;
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/** `none` → undefined; empty → the default. */
const flags = (text: string, byDefault: string): readonly string[] | undefined =>
  text === 'none' ? undefined : words(text === '' ? byDefault : text);

const isStrategy = (text: string): text is GitStrategy => ['clone', 'fetch', 'none', 'empty'].includes(text);
const isSubmoduleStrategy = (text: string): text is SubmoduleStrategy => ['none', 'normal', 'recursive'].includes(text);

/** GIT_STRATEGY, or the project's default when it is absent or unknown. */
export const gitStrategy = (payload: JobPayload, text: string): GitStrategy => {
  if (isStrategy(text)) return text;
  return payload.allow_git_fetch ? 'fetch' : 'clone';
};

/**
 * @param warn is told about values that are not understood; the default is used then.
 * @throws JobFailure for what GitLab refuses: an unknown submodule strategy, a bare `:(exclude)`, GIT_CLONE_PATH.
 */
export const sourceSettings = (
  payload: JobPayload,
  variables: ResolvedVariables,
  warn: (text: string) => void,
): SourceSettings => {
  const get = (key: string): string => setting(variables, key);
  const boolean = (key: string, byDefault: boolean): boolean => {
    const text = get(key);
    const value = parseBoolean(text);
    if (value === undefined && text !== '') warn(`${key}: expected a boolean, got "${text}", using ${byDefault}`);
    return value ?? byDefault;
  };
  if (get('GIT_CLONE_PATH') !== '') {
    throw new JobFailure('runner_configuration_error', 'setting GIT_CLONE_PATH is not allowed by this runner');
  }
  const strategyText = get('GIT_STRATEGY');
  const strategy = gitStrategy(payload, strategyText);
  if (strategyText !== '' && strategyText !== strategy) {
    warn(`GIT_STRATEGY: expected clone, fetch, none or empty, got "${strategyText}", using ${strategy}`);
  }
  const submodules = get('GIT_SUBMODULE_STRATEGY') === '' ? 'none' : get('GIT_SUBMODULE_STRATEGY');
  if (!isSubmoduleStrategy(submodules)) {
    throw new JobFailure('script_failure', 'unknown GIT_SUBMODULE_STRATEGY', 1);
  }
  const submodulePaths = words(get('GIT_SUBMODULE_PATHS'));
  if (submodulePaths.includes(':(exclude)')) {
    throw new JobFailure('script_failure', 'GIT_SUBMODULE_PATHS: a path must follow ":(exclude)" without a blank', 1);
  }
  const { depth } = payload.git_info;
  const submoduleDepth = Number(get('GIT_SUBMODULE_DEPTH') === '' ? depth : get('GIT_SUBMODULE_DEPTH'));
  return {
    strategy,
    isCheckedOut: boolean('GIT_CHECKOUT', true),
    cleanFlags: flags(get('GIT_CLEAN_FLAGS'), '-ffdx'),
    fetchFlags: flags(get('GIT_FETCH_EXTRA_FLAGS'), '--prune --quiet') ?? [],
    depth: Math.max(0, depth),
    submodules,
    submoduleDepth: Number.isInteger(submoduleDepth) && submoduleDepth > 0 ? submoduleDepth : 0,
    submodulePaths,
    submoduleFlags: words(get('GIT_SUBMODULE_UPDATE_FLAGS')),
    isHttpsForced: boolean('GIT_SUBMODULE_FORCE_HTTPS', false),
    skipsLfs: boolean('GIT_LFS_SKIP_SMUDGE', false),
  };
};
