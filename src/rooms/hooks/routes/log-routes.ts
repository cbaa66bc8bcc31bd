import {
  commaList,
  created,
  type Guard,
  integer,
  invalidParams,
  messageReply,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
} from '../../../http/index.ts';
import { recordNotFound } from '../../../kit/errors.ts';
import { countAttempts, findAttempt, listAttempts } from '../attempt-list-store.ts';
import { type ChangeHookDeps, getHook } from '../change-hook.ts';
import { type DeliverNowDeps, deliverNow } from '../delivery/deliver-now.ts';
import { presentAttempt } from '../present-attempt.ts';
import { type HookHome, type HookSubject, hookId } from './hook-home.ts';

const SHOWN_MS = 7 * 86_400_000;
const MOST_PER_PAGE = 20;

const WORDS: Readonly<Record<string, readonly string[]>> = {
  successful: ['2__'],
  client_failure: ['4__'],
  server_failure: ['5__', 'internal error'],
};

/** Throws 400 for what is neither a code nor one of GitLab's words. */
const statusPatterns = (statuses: readonly string[]): readonly string[] =>
  statuses.flatMap((status) => {
    if (/^[1-5]\d\d$/.test(status)) return [status];
    const patterns = Object.hasOwn(WORDS, status) ? WORDS[status] : undefined;
    if (patterns === undefined) throw invalidParams([{ attribute: 'status', text: 'does not have a valid value' }]);
    return patterns;
  });

const listRoute = (deps: ChangeHookDeps, { logPath, noun, guard }: HookHome): Route =>
  route({
    method: 'GET',
    path: `${logPath}/:hook_id/events`,
    summary: `What a ${noun} was sent in the last week, and what it answered, the newest first`,
    params: {
      ...hookId,
      ...pagingParams,
      per_page: integer({ default: MOST_PER_PAGE, range: { min: 1, max: MOST_PER_PAGE }, description: 'At most 20' }),
      status: commaList({ description: 'Codes, or successful, client_failure, server_failure' }),
    },
    guard,
    handler: async ({ subject, params, request }) => {
      const hook = await getHook(deps, subject.place, params.hook_id);
      const since = new Date(deps.clock.now().getTime() - SHOWN_MS);
      const filter = { hookId: hook.id, since, statuses: statusPatterns(params.status ?? []) };
      const page = pageOf(params);
      const attempts = await listAttempts(deps.db, deps.vault, filter, page);
      return pageReply(request, page, attempts.map(presentAttempt), { total: await countAttempts(deps.db, filter) });
    },
  });

const resendRoute = (deps: ChangeHookDeps & DeliverNowDeps, home: HookHome, guard: Guard<HookSubject>): Route =>
  route({
    method: 'POST',
    path: `${home.logPath}/:hook_id/events/:hook_log_id/resend`,
    summary: `Send a ${home.noun} the same again, with the same Idempotency-Key`,
    params: { ...hookId, hook_log_id: integer({ required: true }) },
    guard,
    handler: async ({ subject, params }) => {
      const hook = await getHook(deps, subject.place, params.hook_id);
      const attempt = await findAttempt(deps.db, deps.vault, hook.id, params.hook_log_id);
      if (attempt === undefined) throw recordNotFound();
      if (attempt.url !== hook.url) {
        return messageReply(422, 'The hook URL has changed. This log entry cannot be retried.');
      }
      const { trigger, payload, idempotencyKey, subject: of, deliveryId } = attempt;
      const outcome = await deliverNow(deps, hook, { trigger, payload, idempotencyKey, subject: of, deliveryId });
      if (outcome.kind === 'failed') return messageReply(422, outcome.error);
      const isRedirect = outcome.status >= 300 && outcome.status < 400;
      return isRedirect && outcome.error !== null
        ? messageReply(422, outcome.error)
        : created({ response_status: outcome.status });
    },
  });

/** The log of a hook. `limited`: its guard for resending, which counts. */
export const logRoutes = (
  deps: ChangeHookDeps & DeliverNowDeps,
  home: HookHome,
  limited: Guard<HookSubject>,
): readonly Route[] => [listRoute(deps, home), resendRoute(deps, home, limited)];
