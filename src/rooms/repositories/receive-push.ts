import { PassThrough, type Readable } from 'node:stream';
import { isAncestor, type PushProposal, type Repository, receivePack, ZERO_SHA } from '../../platform/git/index.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import { findProtectedRefs, mayForcePush, type Project, type ProtectedRefs, type Role } from '../projects/index.ts';
import type { MoveRefsDeps } from './move-refs.ts';
import type { Push } from './push-journal.ts';
import { type ProposedUpdate, refusePush } from './push-policy.ts';
import type { PushIntentId } from './pushed.ts';
import { repositoryOf } from './repositories.ts';

export interface ReceivePushDeps extends MoveRefsDeps {
  readonly db: Db;
}

/** Somebody who may push code to the project, and is pushing. */
export interface IncomingPush {
  readonly project: Project;
  readonly user: User;
  readonly role: Role | undefined;
  readonly viaJobToken: boolean;
}

/**
 * Takes a push by git: `input` is the body of `POST …/git-receive-pack`, the answer its response. That ends only after `onPushed` has
 * been told, so that whoever has pushed finds the pipeline there.
 */
export const receivePush = async (
  deps: ReceivePushDeps,
  incoming: IncomingPush,
  input: Readable,
): Promise<Readable> => {
  const { project, user } = incoming;
  const repository = repositoryOf(deps, project);
  let begun: { readonly id: PushIntentId; readonly push: Push; readonly proposal: PushProposal } | undefined;
  const { output, done } = await receivePack(repository, input, async (proposal) => {
    const rules = await findProtectedRefs(deps.db, project.id);
    const updates = await examine(repository, rules, proposal);
    const refusal = refusePush({ ...incoming, rules }, updates);
    if (refusal !== undefined) return `GitLab: ${refusal}`;
    const push: Push = {
      projectId: project.id,
      userId: user.id,
      pushOptions: proposal.pushOptions,
      viaJobToken: incoming.viaJobToken,
    };
    begun = { id: await deps.pushes.begin(push, proposal.updates), push, proposal };
    return undefined;
  });
  const held = new PassThrough();
  output.pipe(held, { end: false });
  output.on('error', (error) => held.destroy(error));
  // A client that leaves does not stop what has begun.
  held.on('close', () => output.resume());
  const completed = done.then(async ({ moved }) => {
    if (begun !== undefined) await deps.pushes.complete(begun.id, begun.push, begun.proposal.updates, moved);
  });
  output.on('end', () => void completed.finally(() => held.end()));
  return held;
};

/** Looks, in quarantine, for commits that a protected branch would lose. */
const examine = async (
  repository: Repository,
  rules: ProtectedRefs,
  { updates, quarantine }: PushProposal,
): Promise<readonly ProposedUpdate[]> => {
  const examined: ProposedUpdate[] = [];
  for (const update of updates) {
    const branch = update.ref.startsWith('refs/heads/') ? update.ref.slice('refs/heads/'.length) : undefined;
    const isMove = update.old !== ZERO_SHA && update.new !== ZERO_SHA;
    const discards =
      branch !== undefined &&
      isMove &&
      !mayForcePush(rules, branch) &&
      !(await isAncestor(repository, update.old, update.new, quarantine));
    examined.push({ ...update, discards });
  }
  return examined;
};
