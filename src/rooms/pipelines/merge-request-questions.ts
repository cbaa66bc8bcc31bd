import type { MergeRequestId } from '../../kit/ids.ts';
import type { Project } from '../projects/index.ts';
import type { MergeRequestFacts } from '../variables/index.ts';

/** Questions to the merge requests room (app/ hands in the answers). */
export interface MergeRequestQuestions {
  /** As it is now; undefined: it is gone. */
  readonly findMergeRequestFacts: (project: Project, id: MergeRequestId) => Promise<MergeRequestFacts | undefined>;
  /** Full references (`group/project!1`) of open merge requests of a branch, the newest four. */
  readonly findOpenMergeRequests: (project: Project, branch: string) => Promise<readonly string[]>;
}
