import type { ProjectId, UserId } from '../../kit/ids.ts';
import type { Namespace } from '../accounts/index.ts';
import type { Visibility } from '../groups/index.ts';

/** Lowest role that may pass variables to a pipeline. */
export type VariablesOverrideRole = 'developer' | 'maintainer' | 'owner' | 'no_one_allowed';

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
  readonly lastActivityAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
