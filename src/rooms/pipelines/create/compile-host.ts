import type { CompileHost } from '../../../ci-lang/index.ts';
import type { RepositoryDeps } from '../../repositories/index.ts';
import { changedPaths, identifyFiles, listPaths, NO_SHA, readTextFile } from '../../repositories/index.ts';
import type { PipelineDraft } from './persist.ts';

/** Answers the compiler's questions from the repository, at the commit that the pipeline is for. */
export function compileHost(deps: RepositoryDeps, draft: PipelineDraft): CompileHost {
  const { project } = draft.request;
  return {
    readLocalFile: (path) => readTextFile(deps, project, draft.sha, path),
    listFiles: () => listPaths(deps, project, draft.sha),
    identifyFiles: (questions) => identifyFiles(deps, project, draft.sha, questions),
    changedFiles: async (compareTo) => {
      if (compareTo !== undefined) return changedPaths(deps, project, { compareTo, sha: draft.sha });
      // GitLab: only a push to an existing branch has a diff; otherwise `changes` holds.
      if (draft.request.source !== 'push' || draft.tag || draft.beforeSha === NO_SHA) return undefined;
      return changedPaths(deps, project, { beforeSha: draft.beforeSha, sha: draft.sha });
    },
  };
}
