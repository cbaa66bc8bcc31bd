import { findRefCommit, hasAnyRef, isShortRefName } from '../../platform/git/index.ts';
import { type HasRepository, type RepositoryDeps, repositoryOf } from './repositories.ts';
import type { RefResolution, ResolvedRef } from './resolved-ref.ts';

const PREFIXES = { branch: 'refs/heads/', tag: 'refs/tags/' } as const;

const find = async (
  deps: RepositoryDeps,
  project: HasRepository,
  kind: ResolvedRef['kind'],
  name: string,
): Promise<ResolvedRef | undefined> => {
  if (!isShortRefName(name)) return undefined;
  const fullRef = `${PREFIXES[kind]}${name}`;
  const sha = await findRefCommit(repositoryOf(deps, project), fullRef);
  return sha === undefined ? undefined : { kind, name, fullRef, sha };
};

/** The branch of that short name, or undefined. */
export const findBranch = (
  deps: RepositoryDeps,
  project: HasRepository,
  name: string,
): Promise<ResolvedRef | undefined> => find(deps, project, 'branch', name);

/** The tag of that short name, or undefined; also for a tag that does not lead to a commit. */
export const findTag = (deps: RepositoryDeps, project: HasRepository, name: string): Promise<ResolvedRef | undefined> =>
  find(deps, project, 'tag', name);

/**
 * GitLab's way from a name to a ref: `refs/heads/…` and `refs/tags/…` literally; a short name must not be both a
 * branch and a tag, and is looked for as a branch first. Anything may be asked: what git would refuse is `'missing'`.
 */
export const resolveRef = async (deps: RepositoryDeps, project: HasRepository, ref: string): Promise<RefResolution> => {
  for (const kind of ['branch', 'tag'] as const) {
    const prefix = PREFIXES[kind];
    if (ref.startsWith(prefix)) {
      const literal = await find(deps, project, kind, ref.slice(prefix.length));
      if (literal !== undefined) return literal;
    }
  }
  const [branch, tag] = await Promise.all([findBranch(deps, project, ref), findTag(deps, project, ref)]);
  if (branch !== undefined && tag !== undefined) return 'ambiguous';
  return branch ?? tag ?? 'missing';
};

/** The sha at a branch's head, or undefined when there is no such branch. */
export const headOf = async (
  deps: RepositoryDeps,
  project: HasRepository,
  branch: string,
): Promise<string | undefined> => (await findBranch(deps, project, branch))?.sha;

/** Whether the repository has any branch: GitLab calls a project without one empty. */
export const hasBranches = async (deps: RepositoryDeps, project: HasRepository): Promise<boolean> =>
  hasAnyRef(repositoryOf(deps, project), 'refs/heads/');
