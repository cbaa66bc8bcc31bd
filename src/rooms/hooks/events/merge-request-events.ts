import type { MergeRequestAction, MergeRequestChanged } from '../../../events/index.ts';
import type { UserId } from '../../../kit/ids.ts';
import {
  labelBlock,
  type MergeRequestBelongings,
  mergeRequestBlock,
  peopleBlock,
  reviewersBlock,
} from '../payloads/merge-request-block.ts';
import { utcSeconds } from '../payloads/payload-dates.ts';
import { projectBlockWithUrls, repositoryBlock } from '../payloads/project-block.ts';
import { userBlock } from '../payloads/user-block.ts';
import type { EventDefinition, EventDefinitions, Json, JsonObject } from './event-definition.ts';
import { belongingsOf, mergeRequestOfPage } from './merge-request-reads.ts';
import { userOfPage } from './shared-reads.ts';

/** The state that an action leaves, whatever became of it meanwhile. */
const STATE_AFTER: Readonly<Partial<Record<MergeRequestAction, JsonObject>>> = {
  open: { state: 'opened', state_id: 1 },
  reopen: { state: 'opened', state_id: 1 },
  close: { state: 'closed', state_id: 2 },
  merge: { state: 'merged', state_id: 3 },
};

const idsOf = (value: unknown): readonly UserId[] =>
  Array.isArray(value) ? value.filter((id): id is UserId => typeof id === 'number') : [];

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];

/** People that the changes name: those before, too. */
const peopleIn = ({ changes }: MergeRequestChanged): readonly UserId[] =>
  [changes['assignees'], changes['reviewers']].flatMap((change) => [
    ...idsOf(change?.previous),
    ...idsOf(change?.current),
  ]);

/** A changed value as payloads tell it: people and labels as blocks, dates in their form. */
const valueOf = (name: string, value: unknown, projectId: number, { users }: MergeRequestBelongings): Json => {
  if (name === 'assignees') return peopleBlock(idsOf(value), users);
  if (name === 'reviewers') return reviewersBlock(idsOf(value), users);
  if (name === 'labels') return textsOf(value).map((title) => labelBlock(title, projectId));
  if (name.endsWith('_at') && typeof value === 'string') return utcSeconds(new Date(value));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
};

const changesBlock = ({ changes, projectId }: MergeRequestChanged, belongings: MergeRequestBelongings): JsonObject =>
  Object.fromEntries(
    Object.entries(changes).map(([name, { previous, current }]) => [
      name,
      {
        previous: valueOf(name, previous, projectId, belongings),
        current: valueOf(name, current, projectId, belongings),
      },
    ]),
  );

const mergeRequestChanged: EventDefinition<MergeRequestChanged> = {
  placeOf: ({ projectId, mergeRequestId }) => ({ subject: `merge_request:${mergeRequestId}`, projectId }),
  triggersOf: () => ['merge_requests_events'],
  eventName: () => 'merge_request',
  build: async (deps, fact, _snapshot, { occurredAt }) => {
    const told = await mergeRequestOfPage(deps, fact.mergeRequestId);
    if (told === undefined) return [];
    const { mergeRequest, project } = told;
    const belongings = await belongingsOf(deps, told, peopleIn(fact));
    const { users, baseUrl } = belongings;
    const payload = {
      object_kind: 'merge_request',
      event_type: 'merge_request',
      user: userBlock(await userOfPage(deps, fact.userId)),
      project: projectBlockWithUrls(project, baseUrl),
      repository: repositoryBlock(project, baseUrl),
      object_attributes: {
        ...mergeRequestBlock(told, belongings),
        ...STATE_AFTER[fact.action],
        action: fact.action,
        actioned_at: utcSeconds(occurredAt),
        system: false,
        ...(fact.oldRev === undefined ? {} : { oldrev: fact.oldRev }),
      },
      labels: mergeRequest.labels.map((title) => labelBlock(title, project.id)),
      changes: changesBlock(fact, belongings),
      assignees: peopleBlock(mergeRequest.assigneeIds, users),
      reviewers: reviewersBlock(mergeRequest.reviewerIds, users),
    };
    return [{ eventName: 'merge_request', trigger: 'merge_requests_events', payload }];
  },
};

/** Merge requests that are opened, changed, approved, closed and merged. */
export const mergeRequestEvents: EventDefinitions = { merge_request_changed: mergeRequestChanged };
