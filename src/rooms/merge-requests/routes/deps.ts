import type { AccountGuards } from '../../accounts/index.ts';
import type { GroupGuards } from '../../groups/index.ts';
import type { MergeRequestAnswerDeps } from '../answer.ts';
import type { MergeDeps } from '../deps.ts';
import type { MergeRequestGuards } from '../guards.ts';

/** Everything that the room's routes use. */
export interface MergeRequestRouteDeps extends MergeDeps, MergeRequestAnswerDeps {
  readonly mergeRequestGuards: MergeRequestGuards;
  readonly accounts: AccountGuards;
  readonly group: GroupGuards;
}
