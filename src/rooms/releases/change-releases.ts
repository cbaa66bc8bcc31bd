import type { Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import { conflict, forbidden, invalid, PenstockError } from '../../kit/errors.ts';
import type { ProjectId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { mayPush } from '../projects/index.ts';
import { createTag, findTag, type MoveRefsDeps, type RefWriter } from '../repositories/index.ts';
import { newLinksProblems, type WantedLink } from './link-policy.ts';
import { insertLinks } from './link-store.ts';
import type { Release } from './release.ts';
import {
  deleteRelease,
  findReleaseById,
  findReleaseOfTag,
  insertRelease,
  lockRelease,
  type ReleaseChange,
  updateRelease,
} from './store.ts';

export interface ReleaseDeps extends MoveRefsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly publish: Publish;
}

export interface WantedRelease {
  readonly tag: string;
  /** Makes a tag that has to be made an annotated one. */
  readonly tagMessage: string | undefined;
  /** Where a tag that is not there is made. */
  readonly ref: string | undefined;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly releasedAt: Date | undefined;
  readonly milestones: WantedMilestones;
  readonly links: readonly WantedLink[];
}

export interface WantedMilestones {
  readonly titles: readonly string[];
  readonly ids: readonly string[];
}

/** Characters. GitLab has no limit of the name. */
const MAX_NAME = 255;
const MAX_DESCRIPTION = 1_000_000;

/** There are no milestones here, so none that is asked for is found: 400 in GitLab's words for that. */
const refuseMilestones = ({ titles, ids }: WantedMilestones): void => {
  if (titles.length > 0) throw invalid(`Milestone(s) not found: ${titles.join(', ')}`);
  if (ids.length > 0) throw invalid(`Milestone id(s) not found: ${ids.join(', ')}`);
};

const textProblems = (wanted: {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
}): readonly string[] => {
  const tooLong = (what: string, limit: number) => `${what} is too long (maximum is ${limit} characters)`;
  return [
    ...([...(wanted.name ?? '')].length > MAX_NAME ? [tooLong('Name', MAX_NAME)] : []),
    ...((wanted.description ?? '').length > MAX_DESCRIPTION ? [tooLong('Description', MAX_DESCRIPTION)] : []),
  ];
};

const alreadyThere = (): PenstockError => conflict('Release already exists');

const refuseProblems = (problems: readonly string[]): void => {
  if (problems.length > 0) throw invalid(`Validation failed: ${problems.join(', ')}`);
};

/** Who may create a protected tag may change its release. */
const mayChange = (writer: RefWriter, tag: string): boolean =>
  mayPush(writer.project, writer.rules, writer, tag, 'tag');

/**
 * Makes a release, and the tag where it is not there yet (a push like any other: its pipeline follows). Throws 403 for a
 * protected tag, 409 `Release already exists`, 422 `Ref is not specified`, 400 for what is wrong with tag, links or texts.
 */
export const createRelease = async (deps: ReleaseDeps, writer: RefWriter, wanted: WantedRelease): Promise<Release> => {
  const { project, user } = writer;
  const { tag } = wanted;
  if (!mayChange(writer, tag)) {
    throw new PenstockError('forbidden', 'You are not allowed to create this tag as it is protected.');
  }
  if ((await findReleaseOfTag(deps.db, project.id, tag)) !== undefined) throw alreadyThere();
  refuseMilestones(wanted.milestones);
  refuseProblems([...newLinksProblems(wanted.links), ...textProblems(wanted)]);
  const sha = await ensureTag(deps, writer, wanted);
  const now = deps.clock.now();
  const release = await deps.db.transaction().execute(async (tx) => {
    const row = {
      projectId: project.id,
      tag,
      sha,
      name: wanted.name ?? tag,
      description: wanted.description ?? null,
      authorId: user.id,
      releasedAt: wanted.releasedAt ?? now,
    };
    const releaseId = await insertRelease(tx, row, now);
    if (releaseId === undefined) throw alreadyThere();
    await insertLinks(tx, releaseId, wanted.links, now);
    await deps.publish(tx, [{ type: 'release_changed', projectId: project.id, releaseId, action: 'create' }]);
    return findReleaseById(tx, releaseId);
  });
  if (release === undefined) throw new Error('a release that has just been made is gone');
  return release;
};

/** The commit of the tag, which is made first where it is not there. */
const ensureTag = async (deps: ReleaseDeps, writer: RefWriter, wanted: WantedRelease): Promise<string> => {
  const { tag: name, ref, tagMessage: message } = wanted;
  const found = await findTag(deps, writer.project, name);
  if (found !== undefined) return found.sha;
  if (ref === undefined || ref === '') throw new PenstockError('unprocessable', 'Ref is not specified');
  try {
    const made = await createTag(deps, writer, { name, ref, message });
    return made.commitSha ?? made.targetSha;
  } catch (error) {
    // Another request may have made it meanwhile, and its release too.
    if ((await findReleaseOfTag(deps.db, writer.project.id, name)) !== undefined) throw alreadyThere();
    const made = await findTag(deps, writer.project, name);
    if (made === undefined) throw error;
    return made.sha;
  }
};

/**
 * Changes a release. Throws 403 where there is none (as GitLab: nobody may change what is not there) and for a protected
 * tag, 404 `Tag does not exist` where the tag is gone, 400 where nothing is asked for.
 */
export const changeRelease = async (
  deps: ReleaseDeps,
  writer: RefWriter,
  tag: string,
  change: ReleaseChange,
  milestones: WantedMilestones | undefined,
): Promise<Release> => {
  const { project } = writer;
  const release = await getChangeable(deps, writer, tag);
  if ((await findTag(deps, project, tag)) === undefined) throw new PenstockError('not_found', 'Tag does not exist');
  if (Object.keys(change).length === 0 && milestones === undefined) throw invalid('params is empty');
  if (milestones !== undefined) refuseMilestones(milestones);
  refuseProblems(textProblems(change));
  const changed = await deps.db.transaction().execute(async (tx) => {
    if (!(await updateRelease(tx, release.id, change, deps.clock.now()))) return undefined;
    const fact = { type: 'release_changed', projectId: project.id, releaseId: release.id, action: 'update' } as const;
    await deps.publish(tx, [fact]);
    return findReleaseById(tx, release.id);
  });
  if (changed === undefined) throw forbidden();
  return changed;
};

/** Deletes a release and its links; the tag stays. Throws 403 as `changeRelease`. Answers what it was. */
export const removeRelease = async (deps: ReleaseDeps, writer: RefWriter, tag: string): Promise<Release> => {
  const gone = await destroy(deps, await getChangeable(deps, writer, tag));
  if (gone === undefined) throw forbidden();
  return gone;
};

/** The tag has been deleted: its release, where it has one, goes with it. */
export const removeReleaseOfTag = async (
  deps: Pick<ReleaseDeps, 'db' | 'publish'>,
  projectId: ProjectId,
  tag: string,
): Promise<void> => {
  const release = await findReleaseOfTag(deps.db, projectId, tag);
  if (release !== undefined) await destroy(deps, release);
};

/** Answers what it was; undefined: somebody else has deleted it. */
const destroy = (
  deps: Pick<ReleaseDeps, 'db' | 'publish'>,
  { id: releaseId, projectId }: Release,
): Promise<Release | undefined> =>
  deps.db.transaction().execute(async (tx) => {
    if (!(await lockRelease(tx, releaseId))) return undefined;
    const release = await findReleaseById(tx, releaseId);
    await deps.publish(tx, [{ type: 'release_changed', projectId, releaseId, action: 'delete' }]);
    await deleteRelease(tx, releaseId);
    return release;
  });

const getChangeable = async (deps: ReleaseDeps, writer: RefWriter, tag: string): Promise<Release> => {
  const release = await findReleaseOfTag(deps.db, writer.project.id, tag);
  if (release === undefined || !mayChange(writer, tag)) throw forbidden();
  return release;
};
