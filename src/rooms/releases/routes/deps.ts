import type { ApiRequest } from '../../../http/index.ts';
import { unauthorized } from '../../../kit/errors.ts';
import { actingUser } from '../../accounts/index.ts';
import type { GroupGuards } from '../../groups/index.ts';
import { can, findProtectedRefs, type ProjectGuards, type ProjectSubject } from '../../projects/index.ts';
import { findCommit, type RefWriter } from '../../repositories/index.ts';
import type { ReleaseDeps } from '../change-releases.ts';
import { presentRelease, type ReleaseContext } from '../present.ts';
import type { Release } from '../release.ts';

export interface ReleaseRouteDeps extends ReleaseDeps {
  readonly project: ProjectGuards;
  readonly group: GroupGuards;
}

/** The two permissions of job tokens over releases. */
export const READS = { jobToken: 'READ_RELEASES' } as const;
export const WRITES = { jobToken: 'ADMIN_RELEASES' } as const;

export const writerOf = async (
  deps: Pick<ReleaseDeps, 'db'>,
  { actor, project, role }: ProjectSubject,
): Promise<RefWriter> => {
  const user = actingUser(actor);
  if (user === undefined) throw unauthorized();
  return { user, project, role, rules: await findProtectedRefs(deps.db, project.id) };
};

/** Releases as this caller may see them. */
export const presentAll = async (
  deps: ReleaseDeps,
  { actor, project, role }: ProjectSubject,
  releases: readonly Release[],
  request: ApiRequest,
  withHtml = false,
) => {
  const context: ReleaseContext = {
    project,
    baseUrl: request.baseUrl,
    readsCode: can(actor, 'download_code', project, role),
    changes: can(actor, 'update_release', project, role),
    now: deps.clock.now(),
    withHtml,
  };
  return Promise.all(
    releases.map(async (release) =>
      presentRelease(release, context.readsCode ? await findCommit(deps, project, release.sha) : undefined, context),
    ),
  );
};
