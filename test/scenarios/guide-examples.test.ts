import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { PenstockProcess } from '../support/penstock-process.ts';
import { needPrograms } from '../support/programs.ts';
import { RestClient } from '../support/rest-client.ts';
import { jobNamed, jobsOf, makeProject, makeTriggerToken, traceOf, untilPipelineIsOver } from '../support/scenario.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);

/** Types a command line into a shell, as somebody who copies it from the guide does. */
async function type(commandLine: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await run('bash', ['-c', commandLine], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...environment },
  });
  return stdout;
}

interface Made {
  readonly id: number;
  readonly status: string;
  readonly source: string;
  readonly ref: string;
}

const CONFIG = `
show:
  script:
    - echo "env=$DEPLOY_ENV version=$VERSION debug=$DEBUG source=$CI_PIPELINE_SOURCE triggered=$CI_PIPELINE_TRIGGERED"
triggered-deploy:
  stage: deploy
  script:
    - echo "Deploying version $VERSION to $DEPLOY_ENV"
  rules:
    - if: $CI_PIPELINE_SOURCE == "trigger"
  needs: []
process-webhook:
  script:
    - cat "$TRIGGER_PAYLOAD"
  rules:
    - if: $CI_PIPELINE_SOURCE == "trigger"
fails:
  script: exit 1
  allow_failure: true
`;

describe('the guide, typed as it stands (host, ids and tokens replaced)', { timeout: 90_000 }, () => {
  let server: PenstockProcess;
  let rest: RestClient;
  let project: number;
  let token: string;

  beforeAll(async () => {
    const database = await testDatabase();
    server = new PenstockProcess({ databaseUrl: database.url });
    await server.start();
    rest = new RestClient(server.api, server.rootToken);
    project = await makeProject(rest, 'guide', { '.gitlab-ci.yml': CONFIG });
    token = await makeTriggerToken(rest, project);
  });

  afterAll(() => server.dispose());

  it('Pipeline Triggers: form fields', async (context) => {
    needPrograms(context, 'curl');
    const made: Made = JSON.parse(
      await type(`curl --request POST \\
  --form "token=${token}" \\
  --form "ref=main" \\
  "${server.api}/projects/${project}/trigger/pipeline"`),
    );
    expect(made).toMatchObject({ status: 'created', source: 'trigger', ref: 'main' });
    expect(await untilPipelineIsOver(rest, project, made.id)).toBe('success');
    const show = await jobNamed(rest, project, made.id, 'show');
    expect(await traceOf(rest, project, show.id)).toContain('source=trigger triggered=true');
  });

  it('Pipeline Triggers: with variables, which the matching job sees', async (context) => {
    needPrograms(context, 'curl');
    const made: Made = JSON.parse(
      await type(`curl --request POST \\
  --form "token=${token}" \\
  --form "ref=main" \\
  --form "variables[DEPLOY_ENV]=production" \\
  --form "variables[VERSION]=1.2.3" \\
  "${server.api}/projects/${project}/trigger/pipeline"`),
    );
    await untilPipelineIsOver(rest, project, made.id);
    const deploy = await jobNamed(rest, project, made.id, 'triggered-deploy');
    expect(await traceOf(rest, project, deploy.id)).toContain('Deploying version 1.2.3 to production');
  });

  it('Pipeline Triggers: everything in the query string', async (context) => {
    needPrograms(context, 'curl');
    const made: Made = JSON.parse(
      await type(`curl --request POST \\
     "${server.api}/projects/${project}/trigger/pipeline?token=${token}&ref=main"`),
    );
    expect(made.source).toBe('trigger');
  });

  it('Webhooks: a GitHub webhook pointed straight at the URL', async () => {
    const body = { event_type: 'release', ref: 'refs/heads/elsewhere', release: { tag: 'v1' } };
    const answer = await fetch(`${server.api}/projects/${project}/ref/main/trigger/pipeline?token=${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-github-event': 'release' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(201);
    const made = (await answer.json()) as Made;
    expect(made.ref).toBe('main');
    await untilPipelineIsOver(rest, project, made.id);
    const job = await jobNamed(rest, project, made.id, 'process-webhook');
    const log = await traceOf(rest, project, job.id);
    expect(log).toContain('"event_type":"release"');
    expect(log).toContain('"ref":"main"');
    expect(log).not.toContain(token);
  });

  it('API: create, show, list, retry, cancel', async (context) => {
    needPrograms(context, 'curl');
    const environment = { GITLAB_TOKEN: server.rootToken };
    const made: Made = JSON.parse(
      await type(
        `curl --request POST \\
  --header "PRIVATE-TOKEN: $GITLAB_TOKEN" \\
  --header "Content-Type: application/json" \\
  --data '{
    "ref": "main",
    "variables": [
      {"key": "DEPLOY_ENV", "value": "staging"},
      {"key": "DEBUG", "value": "true"}
    ]
  }' \\
  "${server.api}/projects/${project}/pipeline"`,
        environment,
      ),
    );
    expect(made.source).toBe('api');
    await untilPipelineIsOver(rest, project, made.id);
    const show = await jobNamed(rest, project, made.id, 'show');
    expect(await traceOf(rest, project, show.id)).toContain('env=staging version= debug=true source=api triggered=\n');

    const one: Made = JSON.parse(
      await type(
        `curl --header "PRIVATE-TOKEN: $GITLAB_TOKEN" \\
  "${server.api}/projects/${project}/pipelines/${made.id}"`,
        environment,
      ),
    );
    expect(one).toMatchObject({ id: made.id, status: 'success' });
    const list: readonly Made[] = JSON.parse(
      await type(
        `curl --header "PRIVATE-TOKEN: $GITLAB_TOKEN" \\
  "${server.api}/projects/${project}/pipelines?per_page=5"`,
        environment,
      ),
    );
    expect(list.length).toBeLessThanOrEqual(5);
    expect(list[0]?.id).toBe(made.id);

    const failed = await jobNamed(rest, project, made.id, 'fails');
    const again: Made = JSON.parse(
      await type(
        `curl --request POST \\
  --header "PRIVATE-TOKEN: $GITLAB_TOKEN" \\
  "${server.api}/projects/${project}/jobs/${failed.id}/retry"`,
        environment,
      ),
    );
    expect(again.id).toBeGreaterThan(failed.id);
    const canceled: Made = JSON.parse(
      await type(
        `curl --request POST \\
  --header "PRIVATE-TOKEN: $GITLAB_TOKEN" \\
  "${server.api}/projects/${project}/pipelines/${made.id}/cancel"`,
        environment,
      ),
    );
    expect(canceled.id).toBe(made.id);
  });

  it('a running script is really stopped by cancel', async (context) => {
    needPrograms(context, 'curl');
    const id = await makeProject(rest, 'sleeper', {
      '.gitlab-ci.yml': 'sleep:\n  script:\n    - echo started; sleep 600 & echo "child $!"; wait\n',
    });
    const { body: made } = await rest.post<Made>(`/projects/${id}/pipeline`, { ref: 'main' });
    let log = '';
    await until(async () => {
      const job = await jobNamed(rest, id, made.id, 'sleep');
      log = await traceOf(rest, id, job.id);
      return /child \d+/.test(log);
    }, 'the script has started its child');
    const child = Number(/child (\d+)/.exec(log)?.[1]);
    await type(`curl --silent --request POST --header "PRIVATE-TOKEN: ${server.rootToken}" \\
  "${server.api}/projects/${id}/pipelines/${made.id}/cancel"`);
    expect(await untilPipelineIsOver(rest, id, made.id)).toBe('canceled');
    await until(() => !isAlive(child), 'the script and its child are gone');
  });

  it('CI Job Token: trigger another project, download artifacts', async (context) => {
    needPrograms(context, 'curl', 'unzip');
    const maker = await makeProject(rest, 'maker', {
      '.gitlab-ci.yml': 'make:\n  script: echo precious > made.txt\n  artifacts:\n    paths: [made.txt]\n',
    });
    const { body: source } = await rest.post<Made>(`/projects/${maker}/pipeline`, { ref: 'main' });
    await untilPipelineIsOver(rest, maker, source.id);
    const made = await jobNamed(rest, maker, source.id, 'make');
    const caller = await makeProject(rest, 'caller', {
      '.gitlab-ci.yml': `notify-other-project:
  script:
    # 다른 프로젝트 파이프라인 트리거
    - |
      curl --request POST \\
        --form "token=$CI_JOB_TOKEN" \\
        --form "ref=main" \\
        "${server.api}/projects/${maker}/trigger/pipeline"

download-artifacts:
  script:
    - |
      curl --header "JOB-TOKEN: $CI_JOB_TOKEN" \\
        --output artifacts.zip \\
        "${server.api}/projects/${maker}/jobs/${made.id}/artifacts"
    - unzip artifacts.zip
    - cat made.txt
`,
    });
    const allowed = await rest.post(`/projects/${maker}/job_token_scope/allowlist`, { target_project_id: caller });
    expect(allowed.status).toBe(201);
    const { body: pipeline } = await rest.post<Made>(`/projects/${caller}/pipeline`, { ref: 'main' });
    expect(await untilPipelineIsOver(rest, caller, pipeline.id)).toBe('success');
    const download = await jobNamed(rest, caller, pipeline.id, 'download-artifacts');
    expect(await traceOf(rest, caller, download.id)).toContain('precious');
    const { body: triggered } = await rest.get<readonly Made[]>(`/projects/${maker}/pipelines?source=pipeline`);
    expect(triggered).toHaveLength(1);
    const notify = await jobNamed(rest, caller, pipeline.id, 'notify-other-project');
    expect(await traceOf(rest, caller, notify.id)).toContain('"source":"pipeline"');
  });

  it('ChatOps: a Slack notification job in .post sends the very JSON', async (context) => {
    needPrograms(context, 'curl');
    const received: string[] = [];
    const slack = createServer((request: IncomingMessage, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        received.push(body);
        response.end('ok');
      });
    });
    slack.listen(0, '127.0.0.1');
    await once(slack, 'listening');
    const address = slack.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const id = await makeProject(rest, 'chat', {
        '.gitlab-ci.yml': `work:
  script: "true"
notify-slack:
  stage: .post
  script:
    - |
      curl -X POST -H 'Content-type: application/json' \\
        --data '{
          "channel": "#deployments",
          "username": "GitLab CI",
          "text": "✅ Pipeline succeeded for $CI_PROJECT_NAME",
          "attachments": [{
            "color": "good",
            "fields": [
              {"title": "Branch", "value": "'$CI_COMMIT_BRANCH'", "short": true},
              {"title": "Commit", "value": "'$CI_COMMIT_SHORT_SHA'", "short": true}
            ]
          }]
        }' \\
        $SLACK_WEBHOOK_URL
  rules:
    - if: $CI_COMMIT_BRANCH == "main"
      when: on_success
`,
      });
      await rest.post(`/projects/${id}/variables`, {
        key: 'SLACK_WEBHOOK_URL',
        value: `http://127.0.0.1:${port}/hook`,
      });
      const { body: pipeline } = await rest.post<Made>(`/projects/${id}/pipeline`, { ref: 'main' });
      expect(await untilPipelineIsOver(rest, id, pipeline.id)).toBe('success');
      expect(received).toHaveLength(1);
      const { body: branch } = await rest.get<{ readonly commit: { readonly short_id: string } }>(
        `/projects/${id}/repository/branches/main`,
      );
      expect(JSON.parse(received[0] ?? '')).toEqual({
        channel: '#deployments',
        username: 'GitLab CI',
        // The guide's quoting: what stands in single quotes reaches Slack as it is written.
        text: '✅ Pipeline succeeded for $CI_PROJECT_NAME',
        attachments: [
          {
            color: 'good',
            fields: [
              { title: 'Branch', value: 'main', short: true },
              { title: 'Commit', value: branch.commit.short_id, short: true },
            ],
          },
        ],
      });
    } finally {
      slack.close();
    }
  });

  it('GitOps: a commit by API starts a pipeline; a new branch needs start_branch', async (context) => {
    needPrograms(context, 'curl');
    const id = await makeProject(rest, 'gitops', {
      '.gitlab-ci.yml': 'sync:\n  script: cat apps/myapp/values.yaml\n',
      'apps/myapp/values.yaml': 'image:\n  tag: old\n',
    });
    const data = (extra: string) => `{
          "branch": "update-1234",${extra}
          "commit_message": "Update image",
          "actions": [{
            "action": "update",
            "file_path": "apps/myapp/values.yaml",
            "content": "image:\\n  tag: new"
          }]
        }`;
    const post = (body: string) =>
      type(`curl --silent --request POST \\
        --header "PRIVATE-TOKEN: ${server.rootToken}" \\
        --header "Content-Type: application/json" \\
        --data '${body}' \\
        "${server.api}/projects/${id}/repository/commits"`);
    expect(JSON.parse(await post(data('')))).toEqual({
      message: 'You can only create or edit files when you are on a branch',
    });
    const commit = JSON.parse(await post(data('"start_branch": "main",')));
    expect(commit.id).toMatch(/^[0-9a-f]{40}$/);
    const { body: pipelines } = await rest.get<readonly Made[]>(`/projects/${id}/pipelines?ref=update-1234`);
    expect(pipelines).toMatchObject([{ source: 'push', ref: 'update-1234' }]);
    const [pipeline] = pipelines;
    expect(await untilPipelineIsOver(rest, id, pipeline?.id ?? 0)).toBe('success');
    const [job] = await jobsOf(rest, id, pipeline?.id ?? 0);
    expect(await traceOf(rest, id, job?.id ?? 0)).toContain('tag: new');
  });
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
