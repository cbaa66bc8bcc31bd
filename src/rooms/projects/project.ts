import type { ProjectId, UserId } from '../../kit/ids.ts';
import type { Namespace } from '../accounts/index.ts';
import type { Visibility } from '../groups/index.ts';

/** Lowest role that may pass variables to a pipeline. */
export type VariablesOverrideRole = 'developer' | 'maintainer' | 'owner' | 'no_one_allowed';

export const MERGE_METHODS = ['merge', 'rebase_merge', 'ff'] as const;
export type MergeMethod = (typeof MERGE_METHODS)[number];

export const SQUASH_OPTIONS = ['never', 'always', 'default_on', 'default_off'] as const;
/** Whether commits are squashed when they are merged: `default_…` is what a merge request begins with. */
export type SquashOption = (typeof SQUASH_OPTIONS)[number];

export interface Project {
  readonly id: ProjectId;
  readonly namespace: Namespace;
  readonly creatorId: UserId | null;
  readonly path: string;
  readonly name: string;
  /** Namespace's full path, `/`, path. */
  readonly fullPath: string;
  readonly description: string | null;
  readonly visibility: Visibility;
  readonly defaultBranch: string;
  readonly archived: boolean;
  /** Null = `.gitlab-ci.yml`. */
  readonly ciConfigPath: string | null;
  /** Seconds. */
  readonly buildTimeout: number;
  /** 0 = whole history. */
  readonly ciDefaultGitDepth: number;
  readonly buildGitStrategy: 'fetch' | 'clone';
  /** False: CI/CD is switched off. */
  readonly buildsEnabled: boolean;
  /** Pipelines and jobs are open to everybody who sees the project; otherwise from reporter on. */
  readonly publicJobs: boolean;
  readonly sharedRunnersEnabled: boolean;
  readonly autoCancelPendingPipelines: boolean;
  readonly keepLatestArtifact: boolean;
  readonly variablesOverrideRole: VariablesOverrideRole;
  /** Jobs of other projects need an entry in the allowlist. */
  readonly jobTokenScopeEnabled: boolean;
  /** Jobs may push to this, their own project. */
  readonly jobTokenPushAllowed: boolean;
  /** Whoever sees it may ask to become a member. */
  readonly requestAccessEnabled: boolean;
  /** How merge requests are merged: a merge commit, one only where the target is an ancestor (`rebase_merge`), or none. */
  readonly mergeMethod: MergeMethod;
  readonly squashOption: SquashOption;
  readonly onlyAllowMergeIfPipelineSucceeds: boolean;
  /** A skipped pipeline is as good as one that succeeded. */
  readonly allowMergeOnSkippedPipeline: boolean;
  /** What a new merge request begins with. */
  readonly removeSourceBranchAfterMerge: boolean;
  readonly lastActivityAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
