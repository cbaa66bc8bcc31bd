export type { Commit, Signature } from '../../platform/git/commit.ts';
export type { OnPushed, Pushed, PushIntentId, RefUpdate } from './pushed.ts';
export { NO_SHA } from './pushed.ts';
export type { RefResolution, ResolvedRef } from './resolved-ref.ts';

// Verbs (bodies follow; deps = `RepositoryDeps`, project = anything with `id: ProjectId`):
//   resolveRef(deps, project, ref: string): Promise<RefResolution>
//   findCommit(deps, project, shaOrRef: string): Promise<Commit | undefined>   getCommit throws 404 `404 Commit Not Found`
//   readFile(deps, project, sha, path): Promise<Buffer | undefined>            undefined: no such file
//   readTextFile(deps, project, sha, path): Promise<string | undefined>
//   listPaths(deps, project, sha): Promise<readonly string[]>                  cached by sha
//   changedPaths(deps, project, { beforeSha, sha } | { compareTo, sha }): Promise<readonly string[] | 'invalid_ref' | undefined>
//   createPipelineRef(deps, project, pipelineId, sha): Promise<void>           refs/pipelines/<id>
//   deletePipelineRef(deps, project, pipelineId): Promise<void>
//   headOf(deps, project, branch): Promise<string | undefined>                 sha
//   createRepository(deps, project & { defaultBranch }), removeRepository(deps, project)
//   settleUpdate(tx, pushIntentId, ref): Promise<boolean>
//   finishOpenPushes(deps): Promise<number>
