import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countStatements } from '../../../test/support/count-statements.ts';
import type { FakeJob } from '../../../test/support/fake-runner.ts';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';

let app: TestApp;
let statements: ReturnType<typeof countStatements>;
beforeAll(async () => {
  app = await startTestApp();
  statements = countStatements(app.database.pool);
});
afterAll(() => app.close());

/** Statements of each step in the life of a pipeline with so many jobs that start at once, and one after them. */
const costs = async (jobs: number) => {
  const project = await app.addProject(`
stages: [one, two]
many: { stage: one, script: a, parallel: ${jobs}, environment: { name: prod } }
after: { stage: two, script: b }
`);
  const token = await project.addTrigger();
  const runner = await app.addRunner(project);
  await runner.request();
  const trigger = await statements.during(async () => {
    const form = { token, ref: 'main' };
    (await project.anonymously('POST', '/trigger/pipeline', { form })).must(201);
    await app.settle();
  });
  const pipeline = await project.newestPipeline();
  const taken: FakeJob[] = [];
  const claim = await statements.during(async () => taken.push(await runner.mustTake()));
  const start = await statements.during(async () => taken[0]?.start());
  const end = await statements.during(async () => taken[0]?.succeed());
  const list = await statements.during(() => pipeline.call('GET', '/jobs', { query: { per_page: '100' } }));
  const cancel = await statements.during(() => pipeline.call('POST', '/cancel'));
  const retry = await statements.during(() => pipeline.call('POST', '/retry'));
  return { trigger, claim, start, end, list, cancel, retry };
};

describe('the number of statements', () => {
  it('does not depend on the number of jobs', async () => {
    const few = await costs(3);
    const many = await costs(60);
    expect(many).toEqual(few);
    expect(many.trigger).toBeLessThanOrEqual(21);
    expect(many.end).toBeLessThanOrEqual(35);
  });
});
