import { forbidden, notFound } from '../../../kit/errors.ts';
import type { JobId } from '../../../kit/ids.ts';
import type { ProjectSubject } from '../../projects/index.ts';
import { mayRead } from '../access.ts';
import type { Artifact } from '../artifact.ts';
import { isAvailable } from '../artifact.ts';
import { findArtifact, findJobWithArchive } from '../store.ts';
import { CI_SOURCES } from '../tasks.ts';
import type { ArtifactRouteDeps } from './deps.ts';

type FindDeps = Pick<ArtifactRouteDeps, 'db' | 'clock'>;

/**
 * The archive of a job, for somebody who may read the job: 403 when `artifacts:access` keeps them out, 404 (with GitLab's
 * word for what is missing) when there is none or it has expired.
 */
export async function getArchive(
  deps: FindDeps,
  subject: ProjectSubject,
  jobId: JobId,
  thing?: string,
): Promise<Artifact> {
  const archive = await findArtifact(deps.db, jobId, 'archive');
  if (archive !== undefined && !mayRead(subject, archive.accessibility)) throw forbidden();
  if (archive === undefined || !isAvailable(archive, deps.clock.now())) throw notFound(thing);
  return archive;
}

export interface RefAndJob {
  readonly ref: string;
  readonly job: string;
  /** Look further back than the newest successful pipeline. */
  readonly searchRecent: boolean;
}

/** Successful pipelines that `search_recent_successful_pipelines` looks at. */
const RECENT = 100;

/** The archive of the named job in the newest successful pipeline of a ref; undefined when there is none. */
export async function findArchiveOnRef(
  deps: FindDeps,
  subject: ProjectSubject,
  { ref, job, searchRecent }: RefAndJob,
): Promise<Artifact | undefined> {
  const depth = searchRecent ? RECENT : 1;
  const wanted = { projectId: subject.project.id, ref, jobName: job, depth, sources: CI_SOURCES };
  const id = await findJobWithArchive(deps.db, wanted, deps.clock.now());
  return id === undefined ? undefined : getArchive(deps, subject, id);
}
