import type { Guard } from '../../http/index.ts';
import { forbidden, recordNotFound } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { actingUser } from '../accounts/index.ts';
import type { Ability, ProjectGuardOptions, ProjectGuards, ProjectSubject } from '../projects/index.ts';
import { can } from '../projects/index.ts';
import { judgeRef } from './create/protected-ref.ts';
import type { Job } from './job.ts';
import { findJob } from './job-store.ts';
import type { MergeRequestQuestions } from './merge-request-questions.ts';
import type { Pipeline } from './pipeline.ts';
import { findPipeline } from './pipeline-store.ts';

export interface PipelineSubject extends ProjectSubject {
  readonly pipeline: Pipeline;
}

export interface JobSubject extends ProjectSubject {
  readonly job: Job;
}

export interface PipelineGuardDeps extends Pick<MergeRequestQuestions, 'findMergeRequestFacts'> {
  readonly db: Db;
  readonly project: ProjectGuards;
}

export type ChangeOptions = Pick<ProjectGuardOptions, 'jobToken'>;

export interface PipelineGuards {
  /** `:pipeline_id` of `:id`, read. */
  readonly pipeline: (ability: Ability, options?: ProjectGuardOptions) => Guard<PipelineSubject>;
  /** The same to change it: on a protected ref only for those who may push, merge or create the tag. */
  readonly changePipeline: (ability: Ability, options?: ChangeOptions) => Guard<PipelineSubject>;
  readonly job: (ability: Ability, options?: ProjectGuardOptions) => Guard<JobSubject>;
  readonly changeJob: (ability: Ability) => Guard<JobSubject>;
}

const idOf = (text: string | undefined): number => {
  const id = Number(text);
  return Number.isSafeInteger(id) ? id : 0;
};

/** Guards of routes below one pipeline or one job. They add "is it there" and "is its ref yours" to the project's. */
export function pipelineGuards(deps: PipelineGuardDeps): PipelineGuards {
  /** The branch that decides: of a merge request's pipeline its source, while there is the merge request. */
  const branchOf = async ({ project }: ProjectSubject, { ref, mergeRequestId }: Pipeline): Promise<string> => {
    const facts = mergeRequestId === null ? undefined : await deps.findMergeRequestFacts(project, mergeRequestId);
    return facts?.sourceBranch ?? ref;
  };
  const mustRunOnRef = async (subject: ProjectSubject, pipeline: Pipeline): Promise<void> => {
    const user = actingUser(subject.actor);
    if (user === undefined) throw forbidden();
    const who = { user, role: subject.role };
    const kind = pipeline.tag ? 'tag' : 'branch';
    // Which branch it was of nobody knows any more; its jobs still see protected variables.
    const isOrphan = pipeline.source === 'merge_request_event' && pipeline.mergeRequestId === null;
    if (isOrphan && pipeline.protected && !can(subject.actor, 'admin_build', subject.project, subject.role)) {
      throw forbidden();
    }
    const verdict = await judgeRef(deps.db, subject.project, who, { kind, name: await branchOf(subject, pipeline) });
    if (!verdict.allowed) throw forbidden();
  };
  const pipelineOf = async (subject: ProjectSubject, id: string | undefined): Promise<PipelineSubject> => {
    const pipeline = await findPipeline(deps.db, subject.project.id, idOf(id));
    if (pipeline === undefined) throw recordNotFound();
    return { ...subject, pipeline };
  };
  const jobOf = async (subject: ProjectSubject, id: string | undefined): Promise<JobSubject> => {
    const job = await findJob(deps.db, subject.project.id, idOf(id));
    if (job === undefined) throw recordNotFound();
    return { ...subject, job };
  };
  /** First whether one may read it (404 when not there), then the ability. */
  const mustHave = (subject: ProjectSubject, ability: Ability): void => {
    if (!can(subject.actor, ability, subject.project, subject.role)) throw forbidden();
  };
  return {
    pipeline: (ability, options) => {
      const guard = deps.project(ability, options);
      return {
        label: `${guard.label} of the pipeline`,
        check: async (request) => pipelineOf(await guard.check(request), request.pathParams['pipeline_id']),
      };
    },
    changePipeline: (ability, options = {}) => {
      const guard = deps.project('read_pipeline', { authenticateFirst: true, ...options });
      const token = options.jobToken === undefined ? '' : `, job token ${options.jobToken}`;
      return {
        label: `project ${ability} of the pipeline, on its ref${token}`,
        check: async (request) => {
          const subject = await pipelineOf(await guard.check(request), request.pathParams['pipeline_id']);
          mustHave(subject, ability);
          await mustRunOnRef(subject, subject.pipeline);
          return subject;
        },
      };
    },
    job: (ability, options) => {
      const guard = deps.project(ability, options);
      return {
        label: `${guard.label} of the job`,
        check: async (request) => jobOf(await guard.check(request), request.pathParams['job_id']),
      };
    },
    changeJob: (ability) => {
      const guard = deps.project('read_build', { authenticateFirst: true });
      return {
        label: `project ${ability} of the job, on its ref`,
        check: async (request) => {
          const subject = await jobOf(await guard.check(request), request.pathParams['job_id']);
          mustHave(subject, ability);
          const pipeline = await findPipeline(deps.db, subject.project.id, subject.job.pipelineId);
          if (pipeline === undefined) throw recordNotFound();
          await mustRunOnRef(subject, pipeline);
          return subject;
        },
      };
    },
  };
}
