import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { PenstockProcess } from '../support/penstock-process.ts';
import { RestClient } from '../support/rest-client.ts';
import {
  jobNamed,
  makeProject,
  makeTriggerToken,
  traceOf,
  triggerPipeline,
  untilPipelineIsOver,
} from '../support/scenario.ts';

const CONFIG = `
stages: [fill, look]
fill:
  stage: fill
  script: ['mkdir -p vendor', 'echo "from $CI_PIPELINE_ID" > vendor/gem', 'echo loose > loose.txt']
  rules: [{if: $MODE == "fill"}]
  cache:
    - {key: {files: [Gemfile.lock], prefix: $CI_JOB_STAGE-gems}, paths: [vendor/]}
    - {key: rest, untracked: true, policy: $PUSHES}
  variables: {PUSHES: push}
broken:
  stage: fill
  script: ['mkdir -p logs', 'echo kept > logs/a', exit 1]
  allow_failure: true
  rules: [{if: $MODE == "fill"}]
  cache:
    - {key: logs, paths: [logs/], when: on_failure}
    - {key: never, paths: [logs/]}
look:
  stage: look
  script: ['cat vendor/gem || echo no gem', 'cat loose.txt || echo no loose', 'cat logs/a || echo no logs', 'echo changed > vendor/gem']
  rules: [{if: $MODE == "look"}]
  cache:
    - {key: new-$MODE, paths: [vendor/], policy: pull, fallback_keys: [missing, 'fill-gems-$DIGEST']}
    - {key: rest, untracked: true, policy: pull}
    - {key: logs, paths: [logs/], policy: pull}
    - {key: never, paths: [logs/], policy: pull}
same-key:
  stage: look
  script: cat vendor/gem
  rules: [{if: $MODE == "look"}]
  cache: {key: {files: [Gemfile.lock], prefix: fill-gems}, paths: [vendor/], policy: pull}
`;

describe('caches, with the embedded runner', { timeout: 90_000 }, () => {
  let server: PenstockProcess;
  let rest: RestClient;

  beforeAll(async () => {
    const database = await testDatabase();
    server = new PenstockProcess({ databaseUrl: database.url });
    await server.start();
    rest = new RestClient(server.api, server.rootToken);
  });

  afterAll(() => server.dispose());

  it('are restored by the next pipeline as policy, when, fallback_keys and the files of the commit say', async () => {
    const project = await makeProject(rest, 'cached', { '.gitlab-ci.yml': CONFIG, 'Gemfile.lock': 'gem 1\n' });
    const token = await makeTriggerToken(rest, project);
    const run = async (variables: Readonly<Record<string, string>>): Promise<number> => {
      const pipeline = await triggerPipeline(rest, project, token, variables);
      expect(await untilPipelineIsOver(rest, project, pipeline)).toBe('success');
      return pipeline;
    };
    const logOf = async (pipeline: number, job: string): Promise<string> =>
      traceOf(rest, project, (await jobNamed(rest, project, pipeline, job)).id);
    const first = await run({ MODE: 'fill' });
    const filled = await logOf(first, 'fill');
    const digest = /Creating cache fill-gems-([0-9a-f]{40})-protected/.exec(filled)?.[1] ?? '';
    expect(digest).not.toBe('');
    expect(filled).toContain('Creating cache rest-protected');
    expect(filled).not.toContain('Checking cache for rest-protected');
    const broken = await logOf(first, 'broken');
    expect(broken).toContain('Creating cache logs-protected');
    expect(broken).not.toContain('Creating cache never-protected');

    const second = await run({ MODE: 'look', DIGEST: digest });
    const looked = await logOf(second, 'look');
    expect(looked).toMatch(
      new RegExp(`Checking cache for new-look-protected[^]*missing-protected[^]*fill-gems-${digest}`),
    );
    expect(looked).toContain(`from ${first}`);
    expect(looked).toMatch(/^.*loose$/m);
    expect(looked).toContain('kept');
    expect(looked).not.toMatch(/^no (?:gem|loose|logs)$/m);
    expect(looked).not.toContain('Creating cache');
    // Nothing was pushed, and the same file gives the same key
    expect(await logOf(second, 'same-key')).toContain(`from ${first}`);

    const third = await run({ MODE: 'look' });
    expect(await logOf(third, 'same-key')).toContain(`from ${first}`);
    const change = await rest.post(`/projects/${project}/repository/commits`, {
      branch: 'main',
      commit_message: 'Another gem [skip ci]',
      actions: [{ action: 'update', file_path: 'Gemfile.lock', content: 'gem 2\n' }],
    });
    expect(change.status).toBe(201);
    const fourth = await triggerPipeline(rest, project, token, { MODE: 'look' });
    expect(await untilPipelineIsOver(rest, project, fourth)).toBe('failed');
    expect(await logOf(fourth, 'same-key')).not.toContain(`from ${first}`);
  });
});
