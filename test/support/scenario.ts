import type { RestClient } from './rest-client.ts';
import { until } from './until.ts';

/** Steps that every scenario takes. */

export interface ScenarioJob {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly stage: string;
  readonly failure_reason?: string;
}

const OVER = ['success', 'failed', 'canceled', 'skipped'];

/** A project whose branch main holds these files; its commit starts no pipeline. */
export async function makeProject(
  rest: RestClient,
  path: string,
  files: Readonly<Record<string, string>>,
): Promise<number> {
  const project = await rest.post<{ readonly id: number }>('/projects', { path, name: path });
  if (project.status !== 201) throw new Error(`project: ${project.status} ${JSON.stringify(project.body)}`);
  const commit = await rest.post(`/projects/${project.body.id}/repository/commits`, {
    branch: 'main',
    commit_message: 'Files of the scenario [skip ci]',
    actions: Object.entries(files).map(([file_path, content]) => ({ action: 'create', file_path, content })),
  });
  if (commit.status !== 201) throw new Error(`commit: ${commit.status} ${JSON.stringify(commit.body)}`);
  return project.body.id;
}

export async function makeTriggerToken(rest: RestClient, project: number): Promise<string> {
  const answer = await rest.post<{ readonly token: string }>(`/projects/${project}/triggers`, { description: 'test' });
  return answer.body.token;
}

/** As curl's `--form` sends it. */
export async function triggerPipeline(
  rest: RestClient,
  project: number,
  token: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<number> {
  const form = new FormData();
  form.set('token', token);
  form.set('ref', 'main');
  for (const [key, value] of Object.entries(variables)) form.set(`variables[${key}]`, value);
  const answer = await rest.post<{ readonly id: number }>(`/projects/${project}/trigger/pipeline`, form);
  if (answer.status !== 201) throw new Error(`trigger: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body.id;
}

export async function pipelineStatus(rest: RestClient, project: number, pipeline: number): Promise<string> {
  const { body } = await rest.get<{ readonly status: string }>(`/projects/${project}/pipelines/${pipeline}`);
  return body.status;
}

export async function untilPipelineIsOver(
  rest: RestClient,
  project: number,
  pipeline: number,
  patience = 60_000,
): Promise<string> {
  let status = '';
  await until(
    async () => {
      status = await pipelineStatus(rest, project, pipeline);
      return OVER.includes(status);
    },
    `pipeline ${pipeline} is over`,
    patience,
  );
  return status;
}

/** Latest attempts (or all), oldest first. */
export async function jobsOf(
  rest: RestClient,
  project: number,
  pipeline: number,
  options: { readonly includeRetried?: boolean } = {},
): Promise<readonly ScenarioJob[]> {
  const query = `per_page=100${options.includeRetried === true ? '&include_retried=true' : ''}`;
  const { body } = await rest.get<readonly ScenarioJob[]>(`/projects/${project}/pipelines/${pipeline}/jobs?${query}`);
  return body.toReversed();
}

export async function jobNamed(
  rest: RestClient,
  project: number,
  pipeline: number,
  name: string,
): Promise<ScenarioJob> {
  const job = (await jobsOf(rest, project, pipeline)).find((candidate) => candidate.name === name);
  if (job === undefined) throw new Error(`no job ${name}`);
  return job;
}

export async function traceOf(rest: RestClient, project: number, job: number): Promise<string> {
  const { body } = await rest.get<string>(`/projects/${project}/jobs/${job}/trace`);
  return body;
}
