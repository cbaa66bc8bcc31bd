import type { FeedRow } from './feed-store.ts';

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const withSnakeCase = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withSnakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snakeCase(key), withSnakeCase(inner)]));
};

/** What only system hooks hear of: it may hold addresses that a project's maintainers do not know. */
const isForSystemHooks = ({ trigger }: FeedRow): boolean => trigger === null || trigger === 'repository_update_events';

/**
 * An event of the feed: its payload where a hook was listening, and the fact behind it. In a project's feed payloads of
 * system hooks are left out.
 */
export const presentEvent = (row: FeedRow, { ofProject }: { readonly ofProject: boolean }) => ({
  sequence: row.sequence,
  id: row.id,
  event_name: row.event_name,
  subject: row.subject,
  project_id: row.project_id,
  group_id: row.group_id,
  occurred_at: row.occurred_at.toISOString(),
  payload: ofProject && isForSystemHooks(row) ? null : row.payload,
  fact: withSnakeCase(row.fact),
});
