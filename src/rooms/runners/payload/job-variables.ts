import type { CompiledVariable, Variable } from '../../../ci-lang/index.ts';
import { sortAndExpandAll } from '../../../ci-lang/index.ts';
import type { JobVariable } from '../../../wire/runner-protocol.ts';
import type { User } from '../../accounts/index.ts';
import type { Environment } from '../../environments/index.ts';
import { tierOf } from '../../environments/index.ts';
import type { JobWithOptions, Pipeline, PipelineVariable, ScheduleOfPipeline } from '../../pipelines/index.ts';
import { asJobVariable } from '../../pipelines/index.ts';
import type { Project } from '../../projects/index.ts';
import type { CommitFacts, MergeRequestFacts, ServerFacts } from '../../variables/index.ts';
import {
  configVariables,
  deployTokenVariables,
  jobVariables,
  persistedVariables,
  pipelineVariables,
  projectVariables,
  publicVariable,
  runnerVariables,
  userVariables,
} from '../../variables/index.ts';
import type { Runner } from '../runner.ts';
import { repositoryUrl } from './git-info.ts';

/** Everything that a job's variables are made of. */
export interface JobVariableSources {
  readonly server: ServerFacts;
  readonly project: Project;
  readonly pipeline: Pipeline;
  readonly job: JobWithOptions;
  readonly token: string;
  readonly user: User;
  readonly commit: CommitFacts;
  readonly runner: Runner | undefined;
  /** Of the jobs that this one depends on. */
  readonly dotenv: readonly { readonly key: string; readonly value: string }[];
  /** Instance, groups, project: those that apply to this job, weakest first. */
  readonly stored: readonly Variable[];
  readonly pipelineVariables: readonly PipelineVariable[];
  /** As it is now. */
  readonly schedule: ScheduleOfPipeline | undefined;
  /** The one that the pipeline is of, as it is now. */
  readonly mergeRequest: MergeRequestFacts | undefined;
  /** Full references of those of the branch. */
  readonly openMergeRequests: readonly string[];
  /** Given when the job was played. */
  readonly playVariables: readonly { readonly key: string; readonly value: string }[];
  readonly environment: Environment | undefined;
  /** The deploy token that the project has for its jobs. */
  readonly deployToken: { readonly username: string; readonly token: string } | undefined;
  /** Of the pipeline's tag. */
  readonly release: { readonly name: string; readonly description: string | null } | undefined;
}

const yamlVariable = (variable: CompiledVariable): Variable => ({
  key: variable.key,
  value: variable.value,
  public: true,
  ...(variable.raw === true && { raw: true }),
});

/**
 * All definitions, weakest first, in GitLab's order (later ones win; nothing is left out). Unexpanded.
 * @param idTokens the job's signed tokens, as variables.
 */
export function assembleVariables(
  sources: JobVariableSources,
  idTokens: readonly Variable[] = [],
): readonly Variable[] {
  const { server, project, pipeline, job, runner, environment, schedule, mergeRequest } = sources;
  const given = job.options.environment;
  const startedAt = job.startedAt ?? pipeline.createdAt;
  return [
    ...persistedVariables({
      server,
      project,
      pipelineId: pipeline.id,
      jobId: job.id,
      jobToken: sources.token,
      startedAt,
      repositoryUrl: repositoryUrl(server.externalUrl, project.fullPath, sources.token),
    }),
    ...idTokens,
    ...(sources.deployToken === undefined ? [] : deployTokenVariables(sources.deployToken)),
    ...jobVariables({
      name: job.name,
      stage: job.stage,
      when: job.when,
      triggerShortToken: pipeline.triggerShortToken,
      ...(given !== undefined && {
        environment: {
          name: given.name,
          action: given.action,
          tier: environment?.tier ?? tierOf(given.name, given.deploymentTier),
          ...(given.url !== undefined && { url: given.url }),
        },
      }),
    }),
    ...projectVariables(server, project),
    ...pipelineVariables({
      ...pipeline,
      commit: sources.commit,
      openMergeRequests: sources.openMergeRequests,
      ...(mergeRequest !== undefined && { mergeRequest }),
      ...(schedule !== undefined && { scheduleDescription: schedule.description }),
    }),
    ...configVariables(server, project, { ...pipeline, ref: mergeRequest?.sourceBranch ?? pipeline.ref }),
    ...(runner === undefined ? [] : runnerVariables(runner)),
    ...job.yamlVariables.map(yamlVariable),
    ...userVariables(sources.user),
    ...sources.dotenv.map((variable) => ({ ...variable, public: false })),
    ...sources.stored,
    ...sources.pipelineVariables.map(asJobVariable),
    ...(schedule?.variables ?? []).map(asJobVariable),
    ...sources.playVariables.map((variable) => ({ ...variable, public: false })),
    ...persistedEnvironment(environment, given?.url),
    ...releaseVariables(sources.release),
  ];
}

const MAX_DESCRIPTION = 1024;

/** Nobody can replace these. */
const releaseVariables = (release: JobVariableSources['release']): readonly Variable[] =>
  release === undefined
    ? []
    : [
        publicVariable('CI_RELEASE_NAME', release.name),
        ...(release.description === null
          ? []
          : [{ key: 'CI_RELEASE_DESCRIPTION', value: release.description.slice(0, MAX_DESCRIPTION), raw: true }]),
      ];

/** Known once the environment has a row; nobody can replace these. */
const persistedEnvironment = (environment: Environment | undefined, url: string | undefined): readonly Variable[] =>
  environment === undefined
    ? []
    : [
        { key: 'CI_ENVIRONMENT_SLUG', value: environment.slug, public: true },
        { key: 'CI_ENVIRONMENT_ID', value: String(environment.id), public: true },
        ...(url === undefined ? [] : [publicVariable('CI_ENVIRONMENT_URL', url)]),
      ];

/** References are expanded as far as the server does it; a circle leaves everything as it is written. */
export function expandVariables(variables: readonly Variable[]): readonly Variable[] {
  const expanded = sortAndExpandAll(variables, 'runner');
  return expanded.ok ? expanded.variables : variables;
}

/** As the runner wants them: every value a text, flags that are false left out where GitLab leaves them out. */
export const presentVariables = (variables: readonly Variable[]): readonly JobVariable[] =>
  variables.map((variable) => ({
    key: variable.key,
    value: variable.value,
    public: variable.public ?? false,
    masked: variable.masked ?? false,
    ...(variable.file === true && { file: true }),
    ...(variable.raw === true && { raw: true }),
  }));
