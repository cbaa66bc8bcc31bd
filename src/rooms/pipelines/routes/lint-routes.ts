import type { Guard, Route } from '../../../http/index.ts';
import { boolean, mutuallyExclusive, ok, route, string } from '../../../http/index.ts';
import { forbidden, notFound, unauthorized } from '../../../kit/errors.ts';
import { actingUser } from '../../accounts/index.ts';
import type { Project, ProjectSubject } from '../../projects/index.ts';
import { can } from '../../projects/index.ts';
import { type Commit, findBranch, findCommit, hasBranches, type ResolvedRef } from '../../repositories/index.ts';
import { findConfigContent } from '../create/config-source/config-content.ts';
import { simulatePush } from '../lint/dry-run.ts';
import { presentLint } from '../lint/present-lint.ts';
import { checkStatically } from '../lint/static-check.ts';
import type { PipelineRouteDeps } from './deps.ts';

/** GitLab's check of configurations: nothing is created, and the answer is 200 whatever is found. */
export const lintRoutes = (deps: PipelineRouteDeps): readonly Route[] => [lintTextRoute(deps), lintProjectRoute(deps)];

const COMMON = {
  dry_run: boolean({ default: false, description: 'Evaluate the rules, as for a push to the ref' }),
  include_jobs: boolean({ description: 'List the jobs' }),
};

/** `POST /projects/:id/ci/lint`: a text, as if it stood at the head of the default branch. */
const lintTextRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/projects/:id/ci/lint',
    summary: 'Check a configuration',
    params: {
      content: string({ required: true, description: 'The configuration' }),
      ...COMMON,
      ref: string({ description: 'Of the dry run; default: the default branch' }),
    },
    guard: mayCreatePipelines(deps),
    handler: async ({ subject, params }) => {
      const { project, role, actor } = subject;
      const { content } = params;
      const user = actingUser(actor);
      if (params.dry_run) {
        const ref = params.ref ?? project.defaultBranch;
        const result = await simulatePush(deps, { project, user, role, ref, content });
        return ok(presentLint(result, params.include_jobs === true));
      }
      const branch = await findBranch(deps.repositories, project, project.defaultBranch);
      const commit = branch && (await findCommit(deps.repositories, project, branch.sha));
      const result = await checkStatically(deps, { project, user, role, content, commit, branch });
      return ok(presentLint(result, params.include_jobs === true));
    },
  });

/** `GET /projects/:id/ci/lint`: the project's own configuration at a commit; open to all who may read the code. */
const lintProjectRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/ci/lint',
    summary: 'Check the configuration of the project',
    params: {
      content_ref: string({ description: 'Commit, branch or tag that has it; default: the default branch' }),
      sha: string({ description: 'Older name of content_ref' }),
      ...COMMON,
      dry_run_ref: string({ description: 'Of the dry run; default: the default branch' }),
      ref: string({ description: 'Older name of dry_run_ref' }),
    },
    rules: [mutuallyExclusive('sha', 'content_ref'), mutuallyExclusive('ref', 'dry_run_ref')],
    guard: deps.guards.project('download_code'),
    handler: async ({ subject, params }) => {
      const { project, role, actor } = subject;
      if (!(await hasBranches(deps.repositories, project))) throw notFound('Repository');
      if (actor.kind === 'user' && actor.via.type === 'session') {
        throw unauthorized('401 Unauthorized - This endpoint requires an API authentication');
      }
      const revision = params.content_ref ?? params.sha ?? project.defaultBranch;
      const commit = await findCommit(deps.repositories, project, revision);
      if (commit === undefined) throw notFound('Commit');
      const user = actingUser(actor);
      const config = await findConfigContent(deps.repositories, project, commit.sha);
      // What stands elsewhere is no file of the commit; GitLab finds nothing there either.
      const content = config === undefined || config.elsewhere === true ? undefined : config.content;
      if (params.dry_run) {
        const ref = params.dry_run_ref ?? params.ref ?? project.defaultBranch;
        const result = await simulatePush(deps, { project, user, role, ref, content });
        return ok(presentLint(result, params.include_jobs === true));
      }
      const branch = await branchOf(deps, project, revision, commit);
      const check = { project, user, role, content: content ?? '', commit, branch };
      return ok(presentLint(await checkStatically(deps, check), params.include_jobs === true));
    },
  });

/** The branch of that name, or the default branch when the commit is its head. */
const branchOf = async (
  deps: PipelineRouteDeps,
  project: Project,
  revision: string,
  commit: Commit,
): Promise<ResolvedRef | undefined> => {
  const named = await findBranch(deps.repositories, project, revision);
  if (named !== undefined) return named;
  const main = await findBranch(deps.repositories, project, project.defaultBranch);
  return main?.sha === commit.sha ? main : undefined;
};

/** GitLab does not ask for a credential here: nobody signed in is 403 where the project is open to everybody. */
const mayCreatePipelines = (deps: PipelineRouteDeps): Guard<ProjectSubject> => {
  const guard = deps.guards.project('read_project');
  return {
    label: 'project: create_pipeline',
    check: async (request) => {
      const subject = await guard.check(request);
      if (!can(subject.actor, 'create_pipeline', subject.project, subject.role)) throw forbidden();
      return subject;
    },
  };
};
