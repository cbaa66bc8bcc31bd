import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeRunner } from '../../../test/support/fake-runner.ts';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import { recordManager } from './manager-store.ts';
import type { BuildPayload, JobRequest, RequestJobDeps } from './request-job.ts';
import { requestJob } from './request-job.ts';
import { findRunner } from './runner-store.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const depsWith = (buildPayload: BuildPayload): RequestJobDeps => ({
  ...app.parts,
  buildPayload,
  onError: () => undefined,
});

const requestOf = async (made: FakeRunner, signal: AbortSignal, hold: number): Promise<JobRequest> => {
  const runner = await findRunner(app.db, made.id);
  if (runner === undefined) throw new Error('the runner is gone');
  const contact = { systemId: 's_0123456789ab', info: {}, ip: '127.0.0.1' };
  const manager = await recordManager(app.db, runner.id, contact, app.clock.now());
  return { runner, findRunnerAgain: () => Promise.resolve(runner), manager, features: {}, hold, signal };
};

describe('requestJob', () => {
  it('waits as long as it may, and then answers nothing', async () => {
    const runner = await app.addRunner(await app.addProject('a: { script: a }\n'));
    const request = await requestOf(runner, new AbortController().signal, 40);
    const began = performance.now();
    const noJob: BuildPayload = () => Promise.reject(new Error('there was a job'));
    expect(await requestJob(depsWith(noJob), request)).toBeUndefined();
    expect(performance.now() - began).toBeGreaterThanOrEqual(39);
  });

  it('puts a job back whose runner leaves while the payload is being made', async () => {
    const { project, pipeline, runner } = await app.scene('a: { script: a }\n');
    const payload = FakeRunner.payloadOf(await runner.request());
    await pipeline.call('POST', '/cancel');
    const again = await project.run();
    const leaving = new AbortController();
    const leave: BuildPayload = () => {
      leaving.abort();
      return Promise.resolve({ kind: 'payload', payload });
    };
    expect(await requestJob(depsWith(leave), await requestOf(runner, leaving.signal, 0))).toBeUndefined();
    expect(await again.statuses()).toEqual({ a: 'pending' });
    expect((await runner.mustTake('a')).payload.job_info.pipeline_id).toBe(again.id);
  });

  it('takes nothing for a runner that has left already', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a }\n');
    const gone = AbortSignal.abort();
    const noJob: BuildPayload = () => Promise.reject(new Error('a job was taken'));
    expect(await requestJob(depsWith(noJob), await requestOf(runner, gone, 1000))).toBeUndefined();
    expect(await pipeline.statuses()).toEqual({ a: 'pending' });
  });
});
