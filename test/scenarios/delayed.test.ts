import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { PenstockProcess } from '../support/penstock-process.ts';
import { RestClient } from '../support/rest-client.ts';
import { jobNamed, makeProject, makeTriggerToken, triggerPipeline, untilPipelineIsOver } from '../support/scenario.ts';

const CONFIG = `
later: { script: echo later, when: delayed, start_in: 2 seconds }
`;

describe('a delayed job', { timeout: 60_000 }, () => {
  let server: PenstockProcess;

  beforeAll(async () => {
    const database = await testDatabase();
    server = new PenstockProcess({ databaseUrl: database.url });
    await server.start();
  });

  afterAll(() => server.dispose());

  it('starts although its server was killed meanwhile', async () => {
    const rest = new RestClient(server.api, server.rootToken);
    const project = await makeProject(rest, 'delayed', { '.gitlab-ci.yml': CONFIG });
    const token = await makeTriggerToken(rest, project);
    const pipeline = await triggerPipeline(rest, project, token);
    expect((await jobNamed(rest, project, pipeline, 'later')).status).toBe('scheduled');
    await server.kill();
    await server.start();
    expect(await untilPipelineIsOver(rest, project, pipeline)).toBe('success');
  });
});
