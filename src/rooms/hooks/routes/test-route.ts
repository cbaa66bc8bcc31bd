import { enumeration, type Guard, messageReply, type Route, route } from '../../../http/index.ts';
import { type ChangeHookDeps, getHook } from '../change-hook.ts';
import { PROJECT_ONLY_SWITCHES, PROJECT_SWITCHES } from '../hook.ts';
import { type TryHookDeps, tryHook } from '../try-hook.ts';
import { type HookHome, type HookSubject, hookId } from './hook-home.ts';

/** Those that GitLab lets one name, also where it then says that they cannot be tried. */
const TRIGGERS = [
  'push_events',
  'tag_push_events',
  'merge_requests_events',
  ...PROJECT_SWITCHES,
  ...PROJECT_ONLY_SWITCHES,
] as const;

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** `guard`: the home's, counted. */
export const testRoute = (deps: ChangeHookDeps & TryHookDeps, home: HookHome, guard: Guard<HookSubject>): Route =>
  route({
    method: 'POST',
    path: `${home.path}/:hook_id/test/:trigger`,
    summary: `Send a ${home.noun} the newest thing of a kind, also while it is disabled, and say what came of it`,
    params: { ...hookId, trigger: enumeration(TRIGGERS, { required: true }) },
    guard,
    handler: async ({ subject, params }) => {
      const hook = await getHook(deps, subject.place, params.hook_id);
      const outcome = await tryHook(deps, hook, params.trigger, subject.user);
      if (outcome.kind === 'failed') return messageReply(422, outcome.error);
      if (isSuccess(outcome.status)) return messageReply(201, '201 Created');
      const reason = outcome.error ?? outcome.body;
      return messageReply(422, reason === '' ? `The receiver answered ${outcome.status}` : reason);
    },
  });
