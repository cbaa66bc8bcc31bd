import type { ApiRequest, Guard } from '../../http/index.ts';
import { isRawParams } from '../../http/index.ts';
import { forbidden, invalid, notFound, unauthorized } from '../../kit/errors.ts';
import { digestOf } from '../../platform/secrets/index.ts';
import type { JobActor, User } from '../accounts/index.ts';
import { findUserById } from '../accounts/index.ts';
import type { CreatePipelineRequest, JobTokenVerdict } from '../pipelines/index.ts';
import { judgeJobToken } from '../pipelines/index.ts';
import type { Project, Role } from '../projects/index.ts';
import { findProject, findRole, jobTokenReach, userCan } from '../projects/index.ts';
import { findTriggerByToken, type TriggerDeps } from './change-triggers.ts';
import { shortTokenOf } from './token-policy.ts';
import type { Trigger } from './trigger.ts';

/** Who is behind a trigger call: always from the token, never from the payload. */
export interface TriggerCaller {
  readonly project: Project;
  readonly user: User;
  readonly role: Role | undefined;
  /** A trigger token's pipeline is `trigger`, a job token's `pipeline` with an upstream. */
  readonly by: Pick<CreatePipelineRequest, 'trigger' | 'upstream'>;
}

export type TriggerCallerDeps = TriggerDeps;

/** GitLab's guard against pipelines that trigger themselves: exactly this event, no other. */
const LOOPING_EVENT = 'Pipeline Hook';

/**
 * The trigger endpoint's own guard, in GitLab's order. Headers such as PRIVATE-TOKEN mean nothing here; an unknown
 * project, token, or a token of another project all answer the same 404.
 */
export const triggerCaller = (deps: TriggerCallerDeps): Guard<TriggerCaller> => ({
  label: 'trigger token or job token',
  check: async (request) => {
    if (request.headers['x-gitlab-event'] === LOOPING_EVENT) throw forbidden();
    mustBeTexts(request);
    const project = await findProject(deps.db, request.pathParams['id'] ?? '');
    const given = request.rawParams['token'];
    const token = typeof given === 'string' ? given : '';
    // An expired token is as good as none (GitLab's own endpoint forgets to look; see docs/compatibility.md).
    const trigger = await findTriggerByToken(deps, token);
    if (project !== undefined && trigger?.projectId === project.id) return callerByTrigger(deps, project, trigger);
    // Unknown project, unknown token, a token of another project: the same look-ups, so that none answers faster.
    const verdict = await judgeJobToken(deps.db, digestOf(token));
    if (project === undefined || trigger !== undefined) throw notFound();
    return callerByJob(deps, project, verdict);
  },
});

/** 400 unless every variable is a text. */
function mustBeTexts(request: ApiRequest): void {
  const variables = request.rawParams['variables'];
  if (!isRawParams(variables)) return;
  if (Object.values(variables).some((value) => typeof value !== 'string')) {
    throw invalid('variables needs to be a map of key-valued strings');
  }
}

async function callerByTrigger(deps: TriggerCallerDeps, project: Project, trigger: Trigger): Promise<TriggerCaller> {
  const user = trigger.owner;
  const role = await findRole(deps.db, user, project.id, deps.clock.now());
  if (!userCan(user, 'read_project', project, role)) throw notFound();
  return { project, user, role, by: { trigger: { id: trigger.id, shortToken: shortTokenOf(trigger.token) } } };
}

async function callerByJob(
  deps: TriggerCallerDeps,
  project: Project,
  verdict: JobTokenVerdict,
): Promise<TriggerCaller> {
  if (verdict.kind === 'unknown') throw notFound();
  if (verdict.kind === 'dead') throw unauthorized(verdict.reason);
  const { job } = verdict;
  const found = await findUserById(deps.db, job.userId);
  if (found === undefined) throw notFound();
  // An administrator's job has no administrator's rights.
  const user: User = { ...found, admin: false };
  const actor: JobActor = { kind: 'job', user, job };
  const reach = await jobTokenReach(deps, actor, project);
  if (reach === 'none') throw notFound();
  const role = reach === 'full' ? await findRole(deps.db, user, project.id, deps.clock.now()) : undefined;
  if (!userCan(user, 'read_project', project, role)) throw notFound();
  const { id: jobId, pipelineId, projectId } = job;
  return { project, user, role, by: { upstream: { jobId, pipelineId, projectId } } };
}
