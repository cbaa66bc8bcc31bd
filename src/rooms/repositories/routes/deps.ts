import type { ApiRequest, Guard } from '../../../http/index.ts';
import { forbidden } from '../../../kit/errors.ts';
import type { ProjectId } from '../../../kit/ids.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import { actingUser, type User } from '../../accounts/index.ts';
import {
  findProtectedRefs,
  mayPush,
  type Project,
  type ProjectGuards,
  type ProjectSubject,
  type ProtectedRefs,
  type Role,
  type SignedInActor,
} from '../../projects/index.ts';
import type { CommitFilesDeps } from '../commit-files.ts';
import type { RefContext } from '../present-refs.ts';

/** A pipeline as the API shows it inside a commit. */
export interface PresentedPipeline {
  readonly status: string;
  readonly [key: string]: unknown;
}

/** A question to the pipelines room (app/ hands in the answer): the newest pipeline of a commit, in its basic form. */
export type FindLastPipeline = (
  project: Project,
  sha: string,
  baseUrl: string,
) => Promise<PresentedPipeline | undefined>;

/** Questions to the room of releases (app/ hands in the answers). */
export interface TagReleases {
  /** By short name of the tag, of those that have a release. */
  readonly find: (
    projectId: ProjectId,
    tags: readonly string[],
  ) => Promise<ReadonlyMap<string, { readonly description: string | null }>>;
  /** The tag has been deleted through the API: so is its release. */
  readonly deleteOf: (projectId: ProjectId, tag: string) => Promise<void>;
}

export interface RepositoryRouteDeps extends CommitFilesDeps {
  readonly db: Db;
  readonly project: ProjectGuards;
  readonly findLastPipeline: FindLastPipeline;
  readonly tagReleases: TagReleases;
}

/** Somebody who is signed in and may write to a project. */
export interface Writer {
  readonly actor: SignedInActor;
  readonly user: User;
  readonly project: Project;
  readonly role: Role | undefined;
  readonly rules: ProtectedRefs;
}

export const writerOf = async (deps: { readonly db: Db }, subject: ProjectSubject<SignedInActor>): Promise<Writer> => ({
  actor: subject.actor,
  user: subject.actor.user,
  project: subject.project,
  role: subject.role,
  rules: await findProtectedRefs(deps.db, subject.project.id),
});

/** Whoever may push to the branch that the request names; 403 `You are not allowed to push into this branch` otherwise. */
export const pushToBranchGuard = (
  deps: RepositoryRouteDeps,
  branchOf: (request: ApiRequest) => string,
): Guard<Writer> => {
  const reader = deps.project('download_code', { authenticateFirst: true });
  return {
    label: `${reader.label}, push to the branch`,
    check: async (request) => {
      const writer = await writerOf(deps, await reader.check(request));
      if (!mayPush(writer.project, writer.rules, writer, branchOf(request), 'branch')) {
        throw forbidden('You are not allowed to push into this branch');
      }
      return writer;
    },
  };
};

export const projectUrlOf = (request: ApiRequest, project: Project): string => `${request.baseUrl}/${project.fullPath}`;

/** What the presenters of branches and tags need. */
export const refContextOf = async (
  deps: { readonly db: Db },
  { actor, project, role }: ProjectSubject,
  request: ApiRequest,
): Promise<RefContext> => ({
  project,
  role,
  user: actingUser(actor),
  rules: await findProtectedRefs(deps.db, project.id),
  projectUrl: projectUrlOf(request, project),
});
