import type { ConfigPlace, ProjectAnswer, ProjectQuestion } from '../../../../ci-lang/index.ts';
import type { Clock } from '../../../../kit/clock.ts';
import type { Db } from '../../../../platform/postgres/index.ts';
import type { User } from '../../../accounts/index.ts';
import { findProject, findProjectByPath, findRole, type Project, userCan } from '../../../projects/index.ts';
import { findCommit, type RepositoryDeps } from '../../../repositories/index.ts';

export interface OtherProjectsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly repositories: RepositoryDeps;
}

/** Projects that a configuration names, as far as the pipeline's user may read their code. */
export class OtherProjects {
  readonly #deps: OtherProjectsDeps;
  readonly #user: User | undefined;
  /** By full path: the pipeline's own, and those that were found. Nothing else is read. */
  readonly #known: Map<string, Project>;

  constructor(deps: OtherProjectsDeps, own: Project, user: User | undefined) {
    this.#deps = deps;
    this.#user = user;
    this.#known = new Map([[own.fullPath, own]]);
  }

  async find(question: ProjectQuestion): Promise<ProjectAnswer> {
    const project = await this.#findReadable(question);
    if (project === undefined) return { kind: 'not_found' };
    const { ref } = question;
    const isHead = ref === undefined || ref === 'HEAD';
    const revision = isHead ? `refs/heads/${project.defaultBranch}` : ref;
    const commit = await findCommit(this.#deps.repositories, project, revision);
    if (commit === undefined) return { kind: 'unknown_ref' };
    this.#known.set(project.fullPath, project);
    return { kind: 'found', place: { project: project.fullPath, sha: commit.sha } };
  }

  /** The project of a place that `find` has answered, or of the pipeline itself. */
  ownerOf(place: ConfigPlace): Project | undefined {
    return this.#known.get(place.project);
  }

  async #findReadable({ path, as, followMoves }: ProjectQuestion): Promise<Project | undefined> {
    const { db, clock } = this.#deps;
    // A number is no path.
    if (!path.includes('/') || path.includes('\0')) return undefined;
    const project = await (followMoves ? findProject : findProjectByPath)(db, path);
    if (project === undefined) return undefined;
    const user = as === 'anybody' ? undefined : this.#user;
    const role = await findRole(db, user, project.id, clock.now());
    return userCan(user, 'download_code', project, role) ? project : undefined;
  }
}
