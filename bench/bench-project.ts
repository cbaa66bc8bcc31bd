import type { BenchServer } from './bench-server.ts';

/** What the measurements drive: a project with a configuration, and its trigger token. */
export interface BenchProject {
  readonly id: number;
  readonly triggerToken: string;
}

export async function call<T>(server: BenchServer, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${server.url}/api/v4${path}`, {
    method,
    headers: { 'private-token': server.token, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (response.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : text) as T;
}

export async function makeBenchProject(server: BenchServer, path: string, config: string): Promise<BenchProject> {
  const { id } = await call<{ readonly id: number }>(server, 'POST', '/projects', { path, name: path });
  await call(server, 'POST', `/projects/${id}/repository/commits`, {
    branch: 'main',
    commit_message: 'Bench [skip ci]',
    actions: [{ action: 'create', file_path: '.gitlab-ci.yml', content: config }],
  });
  const { token } = await call<{ readonly token: string }>(server, 'POST', `/projects/${id}/triggers`, {
    description: 'bench',
  });
  return { id, triggerToken: token };
}

export async function trigger(server: BenchServer, project: BenchProject): Promise<number> {
  const response = await fetch(`${server.url}/api/v4/projects/${project.id}/trigger/pipeline`, {
    method: 'POST',
    body: new URLSearchParams({ token: project.triggerToken, ref: 'main', 'variables[WHO]': 'bench' }),
  });
  if (response.status !== 201) throw new Error(`trigger: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { readonly id: number }).id;
}

/** `count` jobs in three stages, as people write them; tags that no runner has keep them pending. */
export function configOf(count: number): string {
  const stages = ['build', 'test', 'deploy'];
  const jobs = Array.from({ length: count }, (_, index) => {
    const stage = stages[Math.floor((index * stages.length) / count)] ?? 'test';
    return [
      `job-${index}:`,
      `  stage: ${stage}`,
      '  tags: [nobody-has-this]',
      '  variables:',
      `    NUMBER: "${index}"`,
      '  script:',
      '    - ./prepare.sh "$NUMBER"',
      '    - make all',
      '  rules:',
      '    - if: $CI_PIPELINE_SOURCE == "trigger"',
      '  artifacts:',
      '    paths: [out/]',
      '    expire_in: 1 week',
    ].join('\n');
  });
  return `stages: [${stages.join(', ')}]\nvariables:\n  COMMON: "shared by all"\n${jobs.join('\n')}\n`;
}
