import { ApiClient } from './api-client.ts';
import { startDemoServer } from './demo-server.ts';
import type { FollowedPipeline } from './follow-pipeline.ts';
import { followPipeline } from './follow-pipeline.ts';
import { pushRepository } from './push-repository.ts';

interface Created {
  readonly id: number;
}

/**
 * The whole way once: server, project, git push, trigger token, a trigger over HTTP, jobs in real shells. Answers the exit
 * status: 0 only if the pipeline ended in `success`.
 */
export async function runDemo(): Promise<number> {
  const began = performance.now();
  step('starting a server with a throw-away data folder');
  const server = await startDemoServer();
  try {
    const api = new ApiClient(server.url, server.rootToken);
    step(`creating a project on ${server.url}`);
    const project = await api.post<Created & { readonly http_url_to_repo: string }>('/projects', { name: 'greeter' });
    await api.post(`/projects/${project.id}/variables`, {
      key: 'SETTINGS',
      value: 'colour=green\nsize=small\n',
      variable_type: 'file',
    });
    step('pushing a repository with git');
    await pushRepository(project.http_url_to_repo, server.rootToken);
    const { token } = await api.post<{ readonly token: string }>(`/projects/${project.id}/triggers`, {
      description: 'demo',
    });
    const address = `${server.url}/api/v4/projects/${project.id}/trigger/pipeline`;
    step('triggering a pipeline');
    const pipeline = await trigger(address, token);
    const followed = await followPipeline(api, project.id, pipeline.id, console.log);
    report(followed, address, performance.now() - began);
    return followed.status === 'success' ? 0 : 1;
  } finally {
    await server.stop();
  }
}

const step = (text: string): void => console.log(`\n== ${text}`);

/** A form, as `curl --form` sends it. */
async function trigger(address: string, token: string): Promise<Created> {
  const form = new FormData();
  form.set('token', token);
  form.set('ref', 'main');
  form.set('variables[DEPLOY_ENV]', 'staging');
  const response = await fetch(address, { method: 'POST', body: form });
  if (response.status !== 201) throw new Error(`trigger: ${response.status} ${await response.text()}`);
  return (await response.json()) as Created;
}

function report(pipeline: FollowedPipeline, address: string, milliseconds: number): void {
  const row = (cells: readonly string[]): string =>
    `  ${(cells[0] ?? '').padEnd(16)}${(cells[1] ?? '').padEnd(10)}${(cells[2] ?? '').padEnd(24)}${cells[3] ?? ''}`;
  console.log(`\n${row(['job', 'stage', 'status', 'duration'])}`);
  for (const job of pipeline.jobs) {
    const status = job.status === 'failed' && job.allow_failure ? 'failed (allowed to)' : job.status;
    const duration = job.duration === null ? '' : `${job.duration.toFixed(2)} s`;
    console.log(row([job.name, job.stage, status, duration]));
  }
  console.log(`\npipeline: ${pipeline.status}, ${(milliseconds / 1000).toFixed(1)} s in all\n`);
  console.log('It was started like this (the server of the demo is gone by now):');
  console.log('  curl --request POST --form token=$TRIGGER_TOKEN --form ref=main \\');
  console.log(`       --form "variables[DEPLOY_ENV]=staging" "${address}"`);
}
