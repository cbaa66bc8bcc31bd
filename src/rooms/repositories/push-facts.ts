import type { Fact } from '../../events/index.ts';
import type { ProjectId, UserId } from '../../kit/ids.ts';
import { NO_SHA, type RefUpdate } from './pushed.ts';

/** GitLab's default `push_event_hooks_limit`. */
const MAX_OF_A_KIND = 3;

/** Branches and tags are what pushes are about; other refs are the server's own. */
const isBranchOrTag = ({ ref }: RefUpdate): boolean => /^refs\/(?:heads|tags)\//.test(ref);

/** Branches and tags that are created, moved and deleted count by themselves. */
const kindOf = ({ ref, old, new: to }: RefUpdate): string => {
  const change = old === NO_SHA ? 'created' : to === NO_SHA ? 'deleted' : 'moved';
  return `${change} ${ref.startsWith('refs/tags/') ? 'tag' : 'branch'}`;
};

export interface PushFactsRequest {
  readonly projectId: ProjectId;
  readonly userId: UserId;
  readonly pushOptions: readonly string[];
  /** Everything that the push has moved. */
  readonly moved: readonly RefUpdate[];
  /** Refs that have been told of already. */
  readonly announced: ReadonlySet<string>;
  /** Nothing more will move, and nobody was told of the whole push yet. */
  readonly isWhole: boolean;
}

/** What there is to tell of a push: each branch and tag, and at the end the repository. */
export const pushFacts = (request: PushFactsRequest): readonly Fact[] => {
  const { projectId, userId, pushOptions, announced } = request;
  const moved = request.moved.filter(isBranchOrTag);
  const counts = new Map<string, number>();
  for (const update of moved) counts.set(kindOf(update), (counts.get(kindOf(update)) ?? 0) + 1);
  const refs = moved
    .filter(({ ref }) => !announced.has(ref))
    .map((update): Fact => {
      const { ref, old: before, new: after } = update;
      const isOneOfMany = (counts.get(kindOf(update)) ?? 0) > MAX_OF_A_KIND;
      return { type: 'ref_pushed', projectId, userId, ref, before, after, pushOptions, isOneOfMany };
    });
  if (!request.isWhole || moved.length === 0) return refs;
  const changes = moved.map(({ ref, old: before, new: after }) => ({ ref, before, after }));
  return [...refs, { type: 'repository_updated', projectId, userId, changes }];
};
