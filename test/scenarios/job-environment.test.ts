import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../support/database.ts';
import {
  documentedVariables,
  RUNNERS_VARIABLES,
  SHELLS_OWN,
  type VariableFacts,
} from '../support/documented-variables.ts';
import { git, temporaryFolder } from '../support/git-client.ts';
import { PenstockProcess } from '../support/penstock-process.ts';
import { needPrograms } from '../support/programs.ts';
import { RestClient } from '../support/rest-client.ts';
import { jobNamed, makeTriggerToken, traceOf, untilPipelineIsOver } from '../support/scenario.ts';
import { until } from '../support/until.ts';

const CONFIG = `
workflow:
  name: On $CI_COMMIT_REF_NAME
show:
  script: env | sort
deploy:
  rules: [{if: $EXTRA}]
  environment: {name: review/$CI_COMMIT_REF_SLUG, url: "https://$CI_COMMIT_REF_SLUG.example.com", action: prepare}
  script: env | sort
split:
  rules: [{if: $EXTRA}]
  parallel: 2
  script: env | sort
by hand:
  rules: [{if: $EXTRA, when: manual, allow_failure: true}]
  script: env | sort
call:
  rules: [{if: $CALL}]
  script:
    - curl --silent --fail --form "token=$CI_JOB_TOKEN" --form ref=main "$CI_API_V4_URL/projects/$CI_PROJECT_ID/trigger/pipeline"
`;

interface Made {
  readonly id: number;
  readonly source: string;
}

type Environment = Readonly<Record<string, string>>;

/** The lines `NAME=value` of a log. */
const environmentIn = (trace: string): Environment =>
  Object.fromEntries(
    trace
      .replaceAll(/section_(?:start|end):\d+:[^\r]*\r/g, '')
      .replaceAll(/\u001b\[[0-9;]*[mK]/g, '')
      .split('\n')
      .flatMap((line) => {
        const found = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
        return found?.[1] === undefined ? [] : [[found[1], found[2] ?? ''] as const];
      }),
  );

/** Without what every shell has and what the runner adds; the latter must be there and sound. */
const fromServer = (environment: Environment): Environment => {
  const added = Object.keys(RUNNERS_VARIABLES);
  expect(Object.keys(environment)).toEqual(expect.arrayContaining(added));
  for (const [name, pattern] of Object.entries(RUNNERS_VARIABLES)) expect(environment[name], name).toMatch(pattern);
  const others = new Set([...SHELLS_OWN, ...added]);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !others.has(name)));
};

describe('what `env | sort` shows in a job', () => {
  let server: PenstockProcess;
  let rest: RestClient;
  let project: number;
  let work: string;

  beforeAll(async () => {
    const database = await testDatabase();
    server = new PenstockProcess({ databaseUrl: database.url });
    await server.start();
    rest = new RestClient(server.api, server.rootToken);
    const made = await rest.post<{ readonly id: number }>('/projects', {
      path: 'show.env',
      name: 'Show + Env',
      description: 'A project that shows',
    });
    project = made.body.id;
    work = temporaryFolder('environment');
    await git(work, 'init', '--quiet', '--initial-branch', 'main');
    await commit('First [skip ci]', { '.gitlab-ci.yml': CONFIG });
    await git(work, 'push', '--quiet', remote(), 'main');
  });

  afterAll(async () => {
    await server.dispose();
    rmSync(work, { recursive: true, force: true });
  });

  const remote = (): string => `${server.url.replace('//', `//root:${server.rootToken}@`)}/root/show.env.git`;

  const commit = async (message: string, files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [path, text] of Object.entries(files)) writeFileSync(join(work, path), text);
    await git(work, 'add', '--all');
    await git(work, 'commit', '--quiet', '--message', message);
  };

  const newest = async (source: string, ref: string): Promise<number> => {
    let id = 0;
    await until(async () => {
      const query = `source=${source}&ref=${encodeURIComponent(ref)}&per_page=1`;
      const { body } = await rest.get<readonly Made[]>(`/projects/${project}/pipelines?${query}`);
      id = body[0]?.id ?? 0;
      return id !== 0;
    }, `a pipeline by ${source}`);
    return id;
  };

  const get = async <T>(path: string): Promise<T> => (await rest.get<T>(path)).body;

  /** What the server's part of the job's environment is, and what it must be. */
  const compare = async (pipeline: number, name = 'show', change: Partial<VariableFacts> = {}) => {
    const job = await jobNamed(rest, project, pipeline, name);
    const whole = await get<VariableFacts['pipeline']>(`/projects/${project}/pipelines/${pipeline}`);
    const facts: VariableFacts = {
      url: server.url,
      version: (await get<{ readonly version: string }>('/version')).version,
      project: await get(`/projects/${project}`),
      pipeline: whole,
      commit: await get(`/projects/${project}/repository/commits/${whole.sha}`),
      job: await get(`/projects/${project}/jobs/${job.id}`),
      user: await get('/user'),
      isProtected: !whole.tag,
      ...change,
    };
    const found = fromServer(environmentIn(await traceOf(rest, project, job.id)));
    return { found, documented: documentedVariables(facts) };
  };

  const over = async (pipeline: number): Promise<number> => {
    expect(await untilPipelineIsOver(rest, project, pipeline)).toBe('success');
    return pipeline;
  };

  it('of a push', async () => {
    const before = await git(work, 'rev-parse', 'HEAD');
    await commit('Second', { 'file.txt': 'second\n' });
    await git(work, 'push', '--quiet', remote(), 'main');
    const pipeline = await over(await newest('push', 'main'));
    const { found, documented } = await compare(pipeline);
    expect(found).toEqual(documented);
    expect(found).toMatchObject({
      CI_PIPELINE_SOURCE: 'push',
      CI_COMMIT_BEFORE_SHA: before,
      CI_COMMIT_MESSAGE: 'Second',
      CI_PIPELINE_NAME: 'On main',
      CI_PROJECT_PATH_SLUG: 'root-show-env',
    });
  });

  it('of a tag', async () => {
    await git(work, 'tag', '--annotate', 'v1.0', '--message', 'The first release');
    await git(work, 'push', '--quiet', remote(), 'v1.0');
    const pipeline = await over(await newest('push', 'v1.0'));
    const { found, documented } = await compare(pipeline, 'show', { tagMessage: 'The first release' });
    expect(found).toEqual(documented);
    expect(found).toMatchObject({ CI_COMMIT_TAG: 'v1.0', CI_COMMIT_BEFORE_SHA: '0'.repeat(40) });
    expect(found).not.toHaveProperty('CI_COMMIT_BRANCH');
  });

  it('of a trigger token', async () => {
    const token = await makeTriggerToken(rest, project);
    const body = { token, ref: 'main', variables: { WHO: 'somebody' } };
    const made = await new RestClient(server.api).post<Made>(`/projects/${project}/trigger/pipeline`, body);
    const { found, documented } = await compare(await over(made.body.id));
    expect(found).toEqual({
      ...documented,
      CI_PIPELINE_TRIGGERED: 'true',
      CI_TRIGGER_SHORT_TOKEN: token.replace('glptt-', '').slice(0, 4),
      TRIGGER_PAYLOAD: expect.stringMatching(/\.tmp\/TRIGGER_PAYLOAD$/),
      WHO: 'somebody',
    });
    expect(found['CI_PIPELINE_SOURCE']).toBe('trigger');
  });

  it('of the page', async () => {
    const signedIn = await fetch(`${server.url}/-/sign_in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login: 'root', password: 'correct-horse-battery' }),
    });
    const { csrf_token: csrf } = (await signedIn.json()) as { readonly csrf_token: string };
    const answer = await fetch(`${server.api}/projects/${project}/pipeline`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-csrf-token': csrf,
        cookie: signedIn.headers
          .getSetCookie()
          .map((line) => line.split(';')[0])
          .join('; '),
      },
      body: JSON.stringify({ ref: 'main' }),
    });
    const made = (await answer.json()) as Made;
    const { found, documented } = await compare(await over(made.id));
    expect(found).toEqual(documented);
    expect(found['CI_PIPELINE_SOURCE']).toBe('web');
  });

  it('of the API, with environment, parallel jobs, and one played by hand', async () => {
    const made = await rest.post<Made>(`/projects/${project}/pipeline`, {
      ref: 'main',
      variables: [{ key: 'EXTRA', value: 'yes' }],
    });
    const pipeline = made.body.id;
    const manual = await jobNamed(rest, project, pipeline, 'by hand');
    await over(pipeline);
    expect((await rest.post(`/projects/${project}/jobs/${manual.id}/play`)).status).toBe(200);
    await until(async () => (await jobNamed(rest, project, pipeline, 'by hand')).status === 'success', 'played');
    const show = await compare(pipeline);
    expect(show.found).toEqual({ ...show.documented, EXTRA: 'yes' });
    expect(show.found['CI_PIPELINE_SOURCE']).toBe('api');
    const environment = await get<readonly { readonly id: number; readonly slug: string }[]>(
      `/projects/${project}/environments`,
    );
    const deploy = await compare(pipeline, 'deploy');
    expect(deploy.found).toEqual({
      ...deploy.documented,
      EXTRA: 'yes',
      CI_ENVIRONMENT_NAME: 'review/main',
      CI_ENVIRONMENT_SLUG: environment[0]?.slug,
      CI_ENVIRONMENT_ID: String(environment[0]?.id),
      CI_ENVIRONMENT_URL: 'https://main.example.com',
      CI_ENVIRONMENT_ACTION: 'prepare',
      CI_ENVIRONMENT_TIER: 'development',
    });
    const split = await compare(pipeline, 'split 2/2');
    expect(split.found).toEqual({
      ...split.documented,
      EXTRA: 'yes',
      CI_JOB_GROUP_NAME: 'split',
      CI_NODE_INDEX: '2',
      CI_NODE_TOTAL: '2',
    });
    const byHand = await compare(pipeline, 'by hand');
    expect(byHand.found).toEqual({ ...byHand.documented, EXTRA: 'yes', CI_JOB_MANUAL: 'true' });
  });

  it("of another job's token", async (context) => {
    needPrograms(context, 'curl');
    const variables = [{ key: 'CALL', value: 'yes' }];
    const made = await rest.post<Made>(`/projects/${project}/pipeline`, { ref: 'main', variables });
    await over(made.body.id);
    const { found, documented } = await compare(await over(await newest('pipeline', 'main')));
    expect(found).toEqual({ ...documented, TRIGGER_PAYLOAD: expect.stringMatching(/\.tmp\/TRIGGER_PAYLOAD$/) });
    expect(found['CI_PIPELINE_SOURCE']).toBe('pipeline');
  });
});
