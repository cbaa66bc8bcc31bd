import type { User } from '../../accounts/index.ts';
import type { Project, Role } from '../../projects/index.ts';
import type { ResolvedRef } from '../../repositories/index.ts';

export interface RefVerdict {
  readonly protected: boolean;
  /** On a protected ref: the user may push or merge to the branch, or create the tag. */
  readonly allowed: boolean;
}

/** Whether a ref is protected now, and whether this user may run pipelines on it. */
export type MayRunOnRef = (
  project: Project,
  user: User,
  role: Role | undefined,
  ref: Pick<ResolvedRef, 'kind' | 'name'>,
) => Promise<RefVerdict>;
