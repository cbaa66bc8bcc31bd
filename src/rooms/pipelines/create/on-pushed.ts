import { findUserById } from '../../accounts/index.ts';
import { findProjectById, findRole } from '../../projects/index.ts';
import type { Pushed, RefUpdate } from '../../repositories/index.ts';
import { NO_SHA, settleUpdate } from '../../repositories/index.ts';
import type { CreatePipelineDeps } from './create-pipeline.ts';
import { createPipeline } from './create-pipeline.ts';
import { variablesFromPushOptions } from './push-options.ts';

/** GitLab starts no pipeline at all for a push that moves more refs than this. */
const MAX_REFS = 4;

/** `refs/heads/main` or `refs/tags/v1`; other refs have no pipelines. */
const isBranchOrTag = (ref: string): boolean => ref.startsWith('refs/heads/') || ref.startsWith('refs/tags/');

/**
 * A pipeline for each branch and tag that a push created or moved. The pipeline and "this ref of the push is done" are
 * written in one transaction, so however often this is told after crashes, each ref has its pipeline once. A refusal
 * (no configuration file, filtered by rules …) settles the ref as well.
 */
export async function onPushed(deps: CreatePipelineDeps, push: Pushed): Promise<void> {
  if (push.viaJobToken || push.refCount > MAX_REFS) return;
  const updates = push.updates.filter((update) => update.new !== NO_SHA && isBranchOrTag(update.ref));
  if (updates.length === 0) return;
  const project = await findProjectById(deps.db, push.projectId);
  const user = await findUserById(deps.db, push.userId);
  if (project === undefined || user === undefined) return;
  const role = await findRole(deps.db, user, project.id, deps.clock.now());
  for (const update of updates) {
    await createPipeline(deps, {
      project,
      user,
      role,
      source: 'push',
      ref: update.ref,
      sha: update.new,
      beforeSha: beforeOf(update),
      variables: variablesFromPushOptions(push.pushOptions),
      inputs: {},
      pushOptions: push.pushOptions,
      ignoreSkipCi: false,
      saveOnErrors: true,
      claim: (tx) => settleUpdate(tx, push.pushIntentId, update.ref),
    });
  }
}

/** A tag has no "before". */
const beforeOf = (update: RefUpdate): string => (update.ref.startsWith('refs/tags/') ? NO_SHA : update.old);
