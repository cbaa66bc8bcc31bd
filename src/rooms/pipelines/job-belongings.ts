import type { JobId } from '../../kit/ids.ts';

/** What higher rooms know of a job: its artifacts and its runner, ready for the API's answer. */
export interface JobBelongings {
  readonly artifacts: readonly PresentedArtifact[];
  /** `artifacts_file`: only when there is an archive that has not expired. */
  readonly archive?: { readonly filename: string; readonly size: number };
  /** GitLab's runner entity, or null. */
  readonly runner: Readonly<Record<string, unknown>> | null;
  readonly runnerManager: Readonly<Record<string, unknown>> | null;
}

export interface PresentedArtifact {
  readonly file_type: string;
  readonly size: number;
  readonly filename: string;
  readonly file_format: string | null;
}

/** The question; `app/` hands in the answer of the rooms above. Jobs without anything may be missing from the map. */
export type FindJobBelongings = (
  jobs: readonly { readonly id: JobId; readonly runnerId: number | null; readonly runnerManagerId: number | null }[],
) => Promise<ReadonlyMap<JobId, JobBelongings>>;

export const NO_BELONGINGS: JobBelongings = { artifacts: [], runner: null, runnerManager: null };
