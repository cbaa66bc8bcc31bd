import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAILED } from '../../../../test/support/fake-runner.ts';
import { httpReceiver } from '../../../../test/support/receiver.ts';
import { startTestApp, type TestApp } from '../../../../test/support/test-app.ts';
import type { TestProject } from '../../../../test/support/test-project.ts';

let app: TestApp;
let project: TestProject;

beforeAll(async () => {
  app = await startTestApp({ outboundAllow: '127.0.0.1' });
  project = await app.addProject('job: { script: x }', { settings: { name: 'Chatty' } });
});
afterAll(() => app.close());

const PATH = '/integrations/slack';

describe('the API of integrations', () => {
  it('sets one up, changes it, shows everything but the address, and takes it away', async () => {
    const webhook = 'http://127.0.0.1:1/services/T0/SECRET';
    (await project.call('GET', PATH)).must(404);
    const json = { webhook, username: 'Penstock', channel: '#builds', pipeline_channel: '#ci', pipeline_events: true };
    const made = (await project.call('PUT', PATH, { json })).must(200);
    expect(made.body).toMatchObject({
      id: expect.any(Number),
      title: 'Slack notifications',
      slug: 'slack',
      active: true,
      inherited: false,
      pipeline_events: true,
      push_events: true,
      job_events: false,
      properties: {
        username: 'Penstock',
        channel: '#builds',
        pipeline_channel: '#ci',
        notify_only_broken_pipelines: false,
        branches_to_be_notified: 'default',
      },
    });
    const changed = await project.call('PUT', '/services/slack', {
      json: { webhook, notify_only_broken_pipelines: true, branches_to_be_notified: 'all', push_events: false },
    });
    expect(changed.must(200).body).toMatchObject({
      id: made.number('id'),
      pipeline_events: true,
      push_events: false,
      properties: { username: 'Penstock', notify_only_broken_pipelines: true, branches_to_be_notified: 'all' },
    });
    const list = (await project.call('GET', '/integrations')).must(200);
    expect(list.pluck('slug')).toEqual(['slack']);
    for (const answer of [made, changed, list, await project.call('GET', PATH)]) {
      expect(answer.text).not.toContain('SECRET');
    }
    // It is no hook for the API of hooks.
    expect((await project.call('GET', '/hooks')).must(200).rows()).toEqual([]);
    (await project.call('GET', `/hooks/${made.number('id')}`)).must(404);
    (await project.call('DELETE', PATH)).must(204);
    (await project.call('DELETE', PATH)).must(404);
  });

  it.each(['', null])('takes names and channels back with %j', async (none) => {
    const webhook = 'http://127.0.0.1:1/services/T0/SECRET';
    const names = { username: 'Penstock', channel: '#builds', pipeline_channel: '#ci', push_channel: '#code' };
    (await project.call('PUT', PATH, { json: { webhook, ...names } })).must(200);
    const json = { webhook, username: none, channel: none, pipeline_channel: none };
    expect((await project.call('PUT', PATH, { json })).must(200).at('properties')).toMatchObject({
      username: null,
      channel: null,
      pipeline_channel: null,
      push_channel: '#code',
    });
    (await project.call('DELETE', PATH)).must(204);
  });

  it('counts characters, however much room they take', async () => {
    const json = { webhook: 'http://127.0.0.1:1/x', username: '😀'.repeat(255) };
    (await project.call('PUT', PATH, { json })).must(200);
    (await project.call('DELETE', PATH)).must(204);
  });

  it('refuses what GitLab refuses', async () => {
    expect((await project.call('PUT', PATH, { json: {} })).outcome).toEqual([400, { error: 'webhook is missing' }]);
    const local = { webhook: 'http://169.254.169.254/latest' };
    expect((await project.call('PUT', PATH, { json: local })).must(400).body).toMatchObject({
      message: '400 Bad Request',
      hint: expect.any(String),
    });
    for (const name of ['username', 'channel', 'merge_request_channel']) {
      const long = { webhook: 'http://127.0.0.1:1/x', [name]: 'x'.repeat(256) };
      expect((await project.call('PUT', PATH, { json: long })).outcome).toEqual([
        400,
        { message: '400 Bad Request', hint: `${name} is too long (maximum is 255 characters)` },
      ]);
    }
    (await project.call('PUT', '/integrations/telegram', { json: { webhook: 'http://127.0.0.1:1/x' } })).must(400);
    const ben = await app.addPerson('ben');
    await project.addMember(ben, 30);
    (await project.call('PUT', PATH, { as: ben, json: { webhook: 'http://127.0.0.1:1/x' } })).must(403);
  });
});

describe('messages', () => {
  it('of pipelines that failed and were fixed reach the chat by the drains of hooks', async () => {
    const heard: string[] = [];
    const server = await httpReceiver((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        heard.push(JSON.parse(Buffer.concat(chunks).toString()).attachments[0].fallback);
        response.end('ok');
      });
    });
    const json = { webhook: `http://${server.host}/hook`, push_events: false, pipeline_events: true };
    (await project.call('PUT', PATH, { json })).must(200);
    const runner = await app.addRunner(project);
    await project.run();
    await runner.work({ job: FAILED });
    await project.run();
    await runner.work();
    await app.settle();
    await app.deliver();
    expect(heard.map((line) => line.replace(/\d+/g, 'N'))).toEqual([
      "Chatty: Pipeline #N of branch main by owner-N's name (owner-N) has failed in N seconds",
      "Chatty: Pipeline #N of branch main by owner-N's name (owner-N) is fixed: it has passed in N seconds",
    ]);
  });
});
