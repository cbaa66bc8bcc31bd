export type { Commit } from './commit.ts';
export { parseSignature, trailersOf } from './commit.ts';
export { listRefsContaining, selectContaining } from './containing.ts';
export type { Diff, FileDiff } from './diff.ts';
export { diffCommits } from './diff.ts';
export { findPathFault } from './file-path.ts';
export type { CommitStats, PathChange } from './history.ts';
export {
  countChanges,
  findCommit,
  findLastCommitOf,
  findMergeBase,
  isAncestor,
  listChangedPaths,
  listCommitShas,
  listNewCommits,
  listPathChanges,
  readCommits,
} from './history.ts';
export type { MergedTree } from './merge.ts';
export { countCommitsBetween, listCommitsBetween, mergeTrees } from './merge.ts';
export { newCommit, newTag, tagMessageOf } from './new-commit.ts';
export type { NewObject } from './new-objects.ts';
export { newObject, writeObjects } from './new-objects.ts';
export { findAtPath, findCommitSha, findFileContent, findObject, findObjectContent, streamBlob } from './objects.ts';
export { isCreatableRefName, isRevision, isSha, isShortRefName, ZERO_SHA } from './ref-name.ts';
export type { Ref, RefOrder } from './refs.ts';
export { findRefCommit, findRefTarget, hasAnyRef, listRefs } from './refs.ts';
export type { Repository } from './repository.ts';
export { Git, initRepository, removeRepositoryFolder, setDefaultBranch } from './repository.ts';
export type { PackService, PushProposal } from './smart-protocol.ts';
export { advertiseRefs, receivePack, uploadPack } from './smart-protocol.ts';
export { removeStaleLocks } from './stale-locks.ts';
export type { TreeEntry } from './tree.ts';
export { findTreeEntry, listFilePaths, listFolder, listFolderDeep } from './tree.ts';
export { TreeEditor } from './tree-editor.ts';
export type { RefChange } from './update-refs.ts';
export { RefConflict, updateRefs, updateRefsQuickly } from './update-refs.ts';
