import { type RefChange, RefConflict, updateRefs } from '../../platform/git/index.ts';
import type { Push, PushJournal } from './push-journal.ts';
import type { PushIntentId, RefUpdate } from './pushed.ts';
import { type RepositoryDeps, repositoryOf } from './repositories.ts';

/** What verbs that move refs need beside the repositories. */
export interface MoveRefsDeps extends RepositoryDeps {
  readonly pushes: PushJournal;
}

/**
 * Moves refs for the API as a push does: intent, move, `onPushed`. All of them or none. Throws `RefConflict` when one is not
 * where `old` says.
 */
export const moveRefs = async (deps: MoveRefsDeps, push: Push, updates: readonly RefUpdate[]): Promise<void> => {
  const { pushes } = deps;
  const changes: readonly RefChange[] = updates;
  let intent: PushIntentId | undefined;
  try {
    await updateRefs(repositoryOf(deps, { id: push.projectId }), changes, async () => {
      intent = await pushes.begin(push, updates);
    });
  } catch (error) {
    // After the intent anything may have happened, unless git has said that nothing did.
    if (intent !== undefined) {
      await pushes.complete(intent, push, updates, error instanceof RefConflict ? [] : undefined);
    }
    throw error;
  }
  if (intent !== undefined) await pushes.complete(intent, push, updates, updates);
};
