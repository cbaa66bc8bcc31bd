import { created, type Route, route } from '../../../http/index.ts';
import { type ChangeHookDeps, getHook } from '../change-hook.ts';
import { type DeliverNowDeps, deliverNow } from '../delivery/deliver-now.ts';
import { type HookHome, hookId } from './hook-home.ts';

/** GitLab's. */
const MOCK = {
  event_name: 'project_create',
  name: 'Ruby',
  path: 'ruby',
  project_id: 1,
  owner_name: 'Someone',
  owner_email: 'example@gitlabhq.com',
};

/** What the receiver says stands in the log only. */
export const systemTestRoute = (deps: ChangeHookDeps & DeliverNowDeps, { path, noun, guard }: HookHome): Route =>
  route({
    method: 'POST',
    path: `${path}/:hook_id`,
    summary: `Send a ${noun} made-up data, which is also the answer, whatever the receiver says`,
    params: hookId,
    guard,
    handler: async ({ subject, params }) => {
      const hook = await getHook(deps, subject.place, params.hook_id);
      await deliverNow(deps, hook, { trigger: null, payload: MOCK, subject: `hook:${hook.id}` });
      return created(MOCK);
    },
  });
