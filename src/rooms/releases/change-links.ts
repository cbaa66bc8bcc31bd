import type { Clock } from '../../kit/clock.ts';
import { forbidden, invalid, recordNotFound } from '../../kit/errors.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { mayPush } from '../projects/index.ts';
import type { RefWriter } from '../repositories/index.ts';
import { fullMessage, linkProblems, type WantedLink } from './link-policy.ts';
import { deleteLink, findLinks, insertLinks, updateLink } from './link-store.ts';
import type { Release, ReleaseLink } from './release.ts';
import { findReleaseOfTag, lockRelease, updateRelease } from './store.ts';

export interface LinkDeps {
  readonly db: Db;
  readonly clock: Clock;
}

/** The release of that tag. Throws 404. */
export const getRelease = async (deps: LinkDeps, projectId: Release['projectId'], tag: string): Promise<Release> => {
  const release = await findReleaseOfTag(deps.db, projectId, tag);
  if (release === undefined) throw recordNotFound();
  return release;
};

/** The link of that number in a release. Throws 404. */
export const linkOf = (links: readonly ReleaseLink[], id: number): ReleaseLink => {
  const link = links.find((candidate) => candidate.id === id);
  if (link === undefined) throw recordNotFound();
  return link;
};

const refuseProblems = (link: WantedLink, others: readonly ReleaseLink[]): void => {
  const problems = linkProblems(link, others);
  if (problems.length > 0) throw invalid(problems.map(fullMessage));
};

/** One change of a release's links at a time; the release counts as changed. Throws 404, 403 for a protected tag. */
const whileLocked = async <T>(
  deps: LinkDeps,
  writer: RefWriter,
  tag: string,
  work: (tx: Tx, release: Release, links: readonly ReleaseLink[], now: Date) => Promise<T>,
): Promise<T> => {
  const { project, rules } = writer;
  const release = await getRelease(deps, project.id, tag);
  if (!mayPush(project, rules, writer, tag, 'tag')) throw forbidden();
  const now = deps.clock.now();
  return deps.db.transaction().execute(async (tx) => {
    if (!(await lockRelease(tx, release.id))) throw recordNotFound();
    const result = await work(tx, release, await findLinks(tx, release.id), now);
    await updateRelease(tx, release.id, {}, now);
    return result;
  });
};

/** Adds a link. Throws 400 with GitLab's sentences. */
export const addLink = (deps: LinkDeps, writer: RefWriter, tag: string, link: WantedLink): Promise<ReleaseLink> =>
  whileLocked(deps, writer, tag, async (tx, release, links, now) => {
    refuseProblems(link, links);
    const [id] = await insertLinks(tx, release.id, [link], now);
    if (id === undefined) throw new Error('a link that has just been made is gone');
    return { id, ...link };
  });

/** Changes what is given of a link. */
export const changeLink = (
  deps: LinkDeps,
  writer: RefWriter,
  tag: string,
  id: number,
  change: Partial<WantedLink>,
): Promise<ReleaseLink> =>
  whileLocked(deps, writer, tag, async (tx, _release, links, now) => {
    const link = linkOf(links, id);
    const changed = { ...link, ...change };
    refuseProblems(
      changed,
      links.filter((other) => other.id !== link.id),
    );
    await updateLink(tx, link.id, changed, now);
    return changed;
  });

/** Removes a link. Answers what it was. */
export const removeLink = (deps: LinkDeps, writer: RefWriter, tag: string, id: number): Promise<ReleaseLink> =>
  whileLocked(deps, writer, tag, async (tx, _release, links) => {
    const link = linkOf(links, id);
    await deleteLink(tx, link.id);
    return link;
  });
