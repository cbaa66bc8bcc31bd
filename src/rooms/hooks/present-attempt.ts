import type { LoggedAttempt } from './attempt-list-store.ts';
import { redactEmails } from './delivery/redact-emails.ts';
import type { HookSwitch } from './hook.ts';

const IRREGULAR: Readonly<Partial<Record<HookSwitch, string>>> = {
  merge_requests_events: 'merge_request_hooks',
  issues_events: 'issue_hooks',
  confidential_issues_events: 'confidential_issue_hooks',
  releases_events: 'release_hooks',
};

/** GitLab's name of a switch in the log: `push_hooks`. */
const triggerName = (trigger: HookSwitch | null): string =>
  trigger === null ? 'system_hooks' : (IRREGULAR[trigger] ?? trigger.replace(/_events$/, '_hooks'));

/** GitLab's log entry, and why there was no answer. */
export const presentAttempt = (attempt: LoggedAttempt) => ({
  id: attempt.id,
  url: attempt.url,
  trigger: triggerName(attempt.trigger),
  request_headers: attempt.requestHeaders,
  request_data: redactEmails(attempt.payload),
  response_headers: attempt.responseHeaders,
  response_body: attempt.responseBody,
  execution_duration: attempt.duration,
  response_status: attempt.responseStatus,
  created_at: attempt.createdAt.toISOString(),
  error: attempt.error,
});
