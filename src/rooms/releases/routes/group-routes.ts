import {
  boolean,
  enumeration,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { actingUser } from '../../accounts/index.ts';
import { can, findRole, listProjects } from '../../projects/index.ts';
import { presentReleaseBasic } from '../present.ts';
import { listReleases } from '../store.ts';
import { presentAll, type ReleaseRouteDeps } from './deps.ts';

/** Projects of a group whose releases are looked for. */
const MOST_PROJECTS = 10_000;

/** `/groups/:id/releases`: of all projects in the group and below it that the caller may see. */
export const groupReleasesRoute = (deps: ReleaseRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/groups/:id/releases',
    summary: 'List the releases of the projects in a group',
    params: {
      id: string({ required: true }),
      ...pagingParams,
      sort: enumeration(['asc', 'desc'], { default: 'desc' }),
      simple: boolean({ default: false }),
    },
    guard: deps.group('read_group'),
    handler: async ({ subject: { actor, group }, params, request }) => {
      const page = pageOf(params);
      const viewer = actingUser(actor);
      const now = deps.clock.now();
      const inGroup = { id: group.id, withSubgroups: true };
      const all = { limit: MOST_PROJECTS, offset: 0, orderBy: 'id', sort: 'asc' } as const;
      const projects = new Map(
        (await listProjects(deps.db, viewer, { inGroup }, all, now)).map((project) => [project.id, project]),
      );
      const order = { orderBy: 'released_at', sort: params.sort } as const;
      const { releases, total } = await listReleases(
        deps.db,
        { projectIds: [...projects.keys()] },
        { ...page, ...order },
      );
      const shown = releases.map(async (release) => {
        const project = projects.get(release.projectId);
        if (project === undefined) return [];
        const role = await findRole(deps.db, viewer, project.id, now);
        if (params.simple) return [presentReleaseBasic(release, can(actor, 'download_code', project, role), now)];
        return presentAll(deps, { actor, project, role }, [release], request);
      });
      return pageReply(request, page, (await Promise.all(shown)).flat(), { total });
    },
  });
