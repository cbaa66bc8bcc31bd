import type { JobId, ProjectId } from '../../kit/ids.ts';
import type { ArtifactFormat } from '../../wire/runner-protocol.ts';

/** Who may read an artifact through the API: everybody who may read the job, developers, maintainers, nobody. */
export type Accessibility = 'public' | 'private' | 'maintainer' | 'none';

/** A row of `artifacts`: one file that a job left, the archive or a report. */
export interface Artifact {
  readonly id: number;
  readonly projectId: ProjectId;
  readonly jobId: JobId;
  /** `archive`, or the kind of a report (`dotenv`, `junit`, …). */
  readonly fileType: string;
  readonly fileFormat: ArtifactFormat;
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: Buffer;
  readonly blobKey: string;
  /** The list of an archive's files; null where it could not be read as a zip. */
  readonly entriesBlobKey: string | null;
  readonly accessibility: Accessibility;
  /** Kept although it may have expired: it belongs to the newest pipelines of its ref. */
  readonly locked: boolean;
  /** Null = never. */
  readonly expireAt: Date | null;
}

/** Whether it may still be used. One that has expired may be gone any moment, so it counts as gone at once. */
export const isAvailable = (artifact: Pick<Artifact, 'locked' | 'expireAt'>, now: Date): boolean =>
  artifact.locked || artifact.expireAt === null || artifact.expireAt > now;
