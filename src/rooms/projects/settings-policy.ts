import { isCreatableRefName } from '../../platform/git/index.ts';
import type { AttributeErrors } from './attribute-errors.ts';
import type { ProjectChanges } from './project-store.ts';

const MIN_TIMEOUT = 600;
const MAX_TIMEOUT = 2_629_746;
const MAX_GIT_DEPTH = 1000;
const MAX_DESCRIPTION = 2000;
const MAX_CONFIG_PATH = 255;

const tooLong = (text: string | null | undefined, maximum: number): readonly string[] =>
  [...(text ?? '')].length > maximum ? [`is too long (maximum is ${maximum} characters)`] : [];

const configPathErrors = (path: string | null | undefined): readonly string[] => [
  ...tooLong(path, MAX_CONFIG_PATH),
  ...(path?.split('/').includes('..') === true ? ["can't include '..'"] : []),
];

const timeoutErrors = (seconds: number | undefined): readonly string[] => {
  if (seconds === undefined) return [];
  if (seconds < MIN_TIMEOUT) return ['needs to be between 10 minutes and 1 month'];
  return seconds > MAX_TIMEOUT ? ['needs to be between 10 minutes and 1 month'] : [];
};

const depthErrors = (depth: number | undefined): readonly string[] => {
  if (depth === undefined) return [];
  if (depth < 0) return ['must be greater than or equal to 0'];
  return depth > MAX_GIT_DEPTH ? [`must be less than or equal to ${MAX_GIT_DEPTH}`] : [];
};

/** What is wrong with a project's settings; undefined when nothing is. */
export const settingErrors = (changes: ProjectChanges): AttributeErrors | undefined => {
  const errors = {
    description: tooLong(changes.description, MAX_DESCRIPTION),
    ci_config_path: configPathErrors(changes.ciConfigPath),
    build_timeout: timeoutErrors(changes.buildTimeout),
    ci_default_git_depth: depthErrors(changes.ciDefaultGitDepth),
    default_branch:
      changes.defaultBranch === undefined || isCreatableRefName(changes.defaultBranch)
        ? []
        : ['is not a valid branch name'],
  };
  const found = Object.entries(errors).filter(([, sentences]) => sentences.length > 0);
  return found.length === 0 ? undefined : Object.fromEntries(found);
};
