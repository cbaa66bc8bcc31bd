import { Gitlab } from '@gitbeaker/rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { PenstockProcess } from '../support/penstock-process.ts';
import { until } from '../support/until.ts';

const CONFIG = `
stages: [build, use]
make:
  stage: build
  script:
    - echo "made for $WHO" > made.txt
  artifacts:
    paths: [made.txt]
use:
  stage: use
  script:
    - cat made.txt
  rules:
    - if: $CI_PIPELINE_SOURCE == "trigger"
`;

describe('@gitbeaker/rest drives a pipeline from nothing to its artifacts', { timeout: 90_000 }, () => {
  let server: PenstockProcess;

  beforeAll(async () => {
    const database = await testDatabase();
    server = new PenstockProcess({ databaseUrl: database.url });
    await server.start();
  });

  afterAll(() => server.dispose());

  it('project → commit → trigger token → trigger → wait → artifacts', async () => {
    const gitlab = new Gitlab({ host: server.url, token: server.rootToken });
    const project = await gitlab.Projects.create({ name: 'beaker', path: 'beaker' });
    expect(project.path_with_namespace).toBe('root/beaker');

    const commit = await gitlab.Commits.create(project.id, 'main', 'First files [skip ci]', [
      { action: 'create', filePath: '.gitlab-ci.yml', content: CONFIG },
    ]);
    expect(commit.id).toMatch(/^[0-9a-f]{40}$/);

    const trigger = await gitlab.PipelineTriggerTokens.create(project.id, 'for the test');
    expect(trigger.token).toMatch(/^glptt-/);

    const pipeline = await gitlab.PipelineTriggerTokens.trigger(project.id, 'main', trigger.token, {
      variables: { WHO: 'gitbeaker' },
    });
    expect(pipeline.source).toBe('trigger');

    await until(async () => {
      const { status } = await gitlab.Pipelines.show(project.id, pipeline.id);
      return !['created', 'pending', 'running'].includes(status);
    }, 'the pipeline is over');
    const done = await gitlab.Pipelines.show(project.id, pipeline.id);
    expect(done.status).toBe('success');

    const jobs = await gitlab.Jobs.all(project.id, { pipelineId: pipeline.id });
    expect(jobs.map((job) => [job.name, job.status]).toSorted()).toEqual([
      ['make', 'success'],
      ['use', 'success'],
    ]);
    const make = jobs.find((job) => job.name === 'make');
    const file = await gitlab.JobArtifacts.downloadArchive(project.id, {
      jobId: make?.id ?? 0,
      artifactPath: 'made.txt',
    });
    expect(await file.text()).toBe('made for gitbeaker\n');
    const use = jobs.find((job) => job.name === 'use');
    expect(await gitlab.Jobs.showLog(project.id, use?.id ?? 0)).toContain('made for gitbeaker');
  });
});
