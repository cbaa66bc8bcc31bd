import type { Variable } from '../../../ci-lang/index.ts';
import { lookupIn } from '../../../ci-lang/index.ts';
import type { JobDependency, JobPayload, RunnerFeatures } from '../../../wire/runner-protocol.ts';
import type { DependencyArtifacts } from '../../artifacts/index.ts';
import { dependencyArtifacts } from '../../artifacts/index.ts';
import { findBranch, findTag } from '../../repositories/index.ts';
import type { ClaimedJob } from '../claim-job.ts';
import type { BuildPayload } from '../request-job.ts';
import type { Runner } from '../runner.ts';
import { artifactsOf } from './artifacts.ts';
import { cachesOf } from './caches.ts';
import { FEATURES, isSupported } from './features.ts';
import { gitInfo } from './git-info.ts';
import { idTokenVariables } from './id-token-variables.ts';
import type { JobSourceDeps, JobSources } from './job-sources.ts';
import { findJobSources } from './job-sources.ts';
import { assembleVariables, expandVariables, presentVariables } from './job-variables.ts';
import { hasSecretsProvider, secretsOf } from './secrets.ts';
import { hooksOf, imageOf, serviceOf, stepsOf } from './steps.ts';

/** The body of the 201 of `POST /jobs/request`, or why the job cannot be handed out. */
export const buildPayload =
  (deps: JobSourceDeps): BuildPayload =>
  async (claimed: ClaimedJob, runner: Runner, features: RunnerFeatures) => {
    const found = await findJobSources(deps, claimed.id, claimed.token, runner);
    if (found.kind === 'unfit') return found;
    const { sources } = found;
    if (!isSupported(sources.job.options, features)) return { kind: 'unfit', reason: 'runner_unsupported' };
    const expanded = expandVariables(assembleVariables(sources));
    if (!hasSecretsProvider(sources.job.options, expanded)) {
      return { kind: 'unfit', reason: 'secrets_provider_not_found' };
    }
    const archives = await dependencyArtifacts(
      deps,
      sources.dependencies.map((dependency) => dependency.id),
    );
    if (archives.isMissing) return { kind: 'unfit', reason: 'missing_dependency_failure' };
    return { kind: 'payload', payload: await presentPayload(deps, sources, archives, expanded) };
  };

async function refExists(deps: JobSourceDeps, sources: JobSources): Promise<boolean> {
  const { project, pipeline } = sources;
  if (pipeline.source === 'merge_request_event') return false;
  const find = pipeline.tag ? findTag : findBranch;
  return (await find(deps.repositories, project, pipeline.ref)) !== undefined;
}

async function presentPayload(
  deps: JobSourceDeps,
  sources: JobSources,
  archives: DependencyArtifacts,
  expanded: readonly Variable[],
): Promise<JobPayload> {
  const { job, pipeline, project, token } = sources;
  const { options } = job;
  const timeout = job.timeout ?? project.buildTimeout;
  const idTokens = await idTokenVariables(deps, sources, expanded, timeout);
  const variables = idTokens.length === 0 ? expanded : expandVariables(assembleVariables(sources, idTokens));
  const secrets = secretsOf(options, variables);
  return {
    id: job.id,
    token,
    allow_git_fetch: project.buildGitStrategy === 'fetch',
    job_info: {
      id: job.id,
      name: job.name,
      stage: job.stage,
      pipeline_id: pipeline.id,
      project_id: project.id,
      project_name: project.path,
      project_full_path: project.fullPath,
      namespace_id: project.namespace.id,
      user_id: sources.user.id,
      scoped_user_id: null,
      time_in_queue_seconds: queueSeconds(job.queuedAt, job.startedAt),
      project_jobs_running_on_instance_runners_count: '+Inf',
    },
    git_info: gitInfo({
      project,
      pipeline,
      job,
      token,
      externalUrl: deps.server.externalUrl,
      gitDepth: lookupIn(variables)('GIT_DEPTH'),
      refExists: await refExists(deps, sources),
    }),
    runner_info: { timeout, runner_session_url: null },
    variables: presentVariables(variables),
    steps: stepsOf(options, timeout),
    hooks: hooksOf(options),
    image: options.image === undefined ? null : imageOf(options.image),
    services: (options.services ?? []).map(serviceOf),
    artifacts: artifactsOf(options.artifacts),
    cache: await cachesOf(deps, sources),
    credentials: [],
    dependencies: sources.dependencies.map((dependency): JobDependency => {
      const file = archives.archives.get(dependency.id);
      return {
        id: dependency.id,
        name: dependency.name,
        token,
        ...(file !== undefined && { artifacts_file: file }),
      };
    }),
    features: FEATURES,
    ...(secrets !== undefined && { secrets }),
  };
}

const queueSeconds = (queuedAt: Date | null, startedAt: Date | null): number =>
  queuedAt === null || startedAt === null ? 0 : Math.max(0, (startedAt.getTime() - queuedAt.getTime()) / 1000);
