import {
  type ApiRequest,
  created,
  integer,
  isoDateTime,
  noContent,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  requireUnmodifiedSince,
  route,
  string,
} from '../../http/index.ts';
import { forbidden } from '../../kit/errors.ts';
import { isAdmin } from '../accounts/index.ts';
import { can, type ProjectGuards, type ProjectSubject, type SignedInActor } from '../projects/index.ts';
import { createTrigger, describeTrigger, getTrigger, type TriggerDeps } from './change-triggers.ts';
import { presentTrigger } from './present.ts';
import { countTriggers, deleteTrigger, listTriggers } from './store.ts';
import type { Trigger } from './trigger.ts';

type Subject = ProjectSubject<SignedInActor>;

/** `admin_trigger`: a maintainer whose token it is, or an administrator. */
const mayAdminister = ({ actor, project, role }: Subject, trigger: Trigger): boolean =>
  can(actor, 'admin_trigger', project, role) && (trigger.owner.id === actor.user.id || isAdmin(actor));

const presentTo = (subject: Subject, trigger: Trigger, request: ApiRequest) =>
  presentTrigger(trigger, { showsToken: mayAdminister(subject, trigger), baseUrl: request.baseUrl });

const idParams = { trigger_id: integer({ required: true }) };

const readingRoutes = (deps: TriggerDeps, project: ProjectGuards): readonly Route[] => {
  const guard = project('admin_build', { authenticateFirst: true });
  return [
    route({
      method: 'GET',
      path: '/projects/:id/triggers',
      summary: 'List the pipeline trigger tokens',
      params: pagingParams,
      guard,
      handler: async ({ subject, params, request }) => {
        const page = pageOf(params);
        const now = deps.clock.now();
        const triggers = await listTriggers(deps.db, deps.vault, subject.project.id, page, now);
        const total = await countTriggers(deps.db, subject.project.id, now);
        const rows = triggers.map((trigger) => presentTo(subject, trigger, request));
        return pageReply(request, page, rows, { total });
      },
    }),
    route({
      method: 'GET',
      path: '/projects/:id/triggers/:trigger_id',
      summary: 'Get a pipeline trigger token',
      params: idParams,
      guard,
      handler: async ({ subject, params, request }) =>
        ok(presentTo(subject, await getTrigger(deps, subject.project, params.trigger_id), request)),
    }),
  ];
};

/** `/projects/:id/triggers`: the tokens. (What one does with them is another route.) */
export const triggerTokenRoutes = (deps: TriggerDeps, project: ProjectGuards): readonly Route[] => {
  const guard = project('manage_trigger', { authenticateFirst: true });
  return [
    ...readingRoutes(deps, project),
    route({
      method: 'POST',
      path: '/projects/:id/triggers',
      summary: 'Make a pipeline trigger token, owned by the caller',
      params: { description: string({ required: true }), expires_at: isoDateTime() },
      guard,
      handler: async ({ subject, params, request }) => {
        const wanted = { description: params.description, expiresAt: params.expires_at };
        return created(
          presentTo(subject, await createTrigger(deps, subject.actor.user, subject.project, wanted), request),
        );
      },
    }),
    route({
      method: 'PUT',
      path: '/projects/:id/triggers/:trigger_id',
      summary: 'Describe a pipeline trigger token anew; by its owner',
      params: { ...idParams, description: string({ nullable: true }) },
      guard,
      handler: async ({ subject, params, request }) => {
        const trigger = await getTrigger(deps, subject.project, params.trigger_id);
        if (!mayAdminister(subject, trigger)) {
          throw forbidden('The current user is not authorized to update the pipeline trigger token');
        }
        const changed = await describeTrigger(deps, subject.project, trigger, params.description ?? null);
        return ok(presentTo(subject, changed, request));
      },
    }),
    route({
      method: 'DELETE',
      path: '/projects/:id/triggers/:trigger_id',
      summary: 'Delete a pipeline trigger token',
      params: idParams,
      guard,
      handler: async ({ subject, params, request }) => {
        const trigger = await getTrigger(deps, subject.project, params.trigger_id);
        requireUnmodifiedSince(request, trigger.updatedAt);
        await deleteTrigger(deps.db, trigger.id);
        return noContent();
      },
    }),
  ];
};
