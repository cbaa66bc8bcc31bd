import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../events/event-definition.ts';
import { bodyFor } from './body-for.ts';
import type { Integration, IntegrationSlug } from './integration.ts';
import { isToldOf } from './is-told-of.ts';

const integration = (slug: IntegrationSlug, more: Partial<Integration> = {}): Integration => ({
  slug,
  username: null,
  channel: null,
  channels: {},
  notifyOnlyBrokenPipelines: false,
  branchesToBeNotified: 'default',
  ...more,
});

const HOSTILE = '<!channel> @all [x](https://evil.example) <https://evil.example|here>\n& `*';

const pipeline = (attributes: JsonObject = {}, title = 'Fix it'): JsonObject => ({
  object_kind: 'pipeline',
  object_attributes: {
    id: 7,
    ref: 'main',
    ref_status_name: 'failed',
    tag: false,
    status: 'failed',
    detailed_status: 'failed',
    duration: 3725,
    protected_ref: true,
    url: 'https://ci.example.com/g/p/-/pipelines/7',
    ...attributes,
  },
  user: { name: 'Ada', username: 'ada' },
  project: { name: 'P', web_url: 'https://ci.example.com/g/p', default_branch: 'main' },
  commit: { title, url: 'https://ci.example.com/g/p/-/commit/abc' },
  builds: [
    { id: 1, name: 'unit', status: 'failed', allow_failure: false },
    { id: 2, name: 'maybe', status: 'failed', allow_failure: true },
  ],
});

describe('Slack', () => {
  it('gets links, the failed jobs, a colour', () => {
    const body = bodyFor(integration('slack', { username: 'CI', channel: '#all' }), 'pipeline_events', pipeline());
    expect(body).toEqual({
      username: 'CI',
      channel: '#all',
      attachments: [
        {
          color: '#dd2b0e',
          fallback: 'P: Pipeline #7 of branch main by Ada (ada) has failed in 1 hour 2 minutes 5 seconds',
          text:
            '<https://ci.example.com/g/p|P>: Pipeline <https://ci.example.com/g/p/-/pipelines/7|#7> of branch ' +
            '<https://ci.example.com/g/p/-/commits/main|main> by Ada (ada) has failed in 1 hour 2 minutes 5 seconds',
          mrkdwn_in: ['text', 'fields'],
          fields: [
            { title: 'Commit', value: '<https://ci.example.com/g/p/-/commit/abc|Fix it>', short: true },
            { title: 'Failed job', value: '<https://ci.example.com/g/p/-/jobs/1|unit>', short: true },
          ],
        },
      ],
    });
  });

  it('gets nothing that people could have written as a link or a call', () => {
    const text = JSON.stringify(bodyFor(integration('slack'), 'pipeline_events', pipeline({}, HOSTILE)));
    expect(text).toContain(
      '&lt;!channel&gt; @all [x](https:​//evil.​example) &lt;https:​//evil.​example¦here&gt; &amp; `*',
    );
    expect(text).not.toContain('<!');
    expect(text).not.toContain('<https://evil');
  });

  it('gets no bare address or name of a host that it would make a link of', () => {
    const payload = { ...pipeline(), user: { name: 'http://evil or evil.example, a@evil.example', username: 'v1.2' } };
    const text = JSON.stringify(bodyFor(integration('slack'), 'pipeline_events', payload));
    expect(text).toContain('http:​//evil or evil.​example, a@evil.​example (v1.2)');
    expect(text).not.toMatch(/http:\/\/evil|evil\.example/);
    expect(text).toContain('<https://ci.example.com/g/p|P>');
  });

  it('goes to the channel of the event', () => {
    const chosen = integration('slack', { channel: '#all', channels: { pipeline_events: '#ci' } });
    expect(bodyFor(chosen, 'pipeline_events', pipeline())).toMatchObject({ channel: '#ci' });
    expect(bodyFor(chosen, 'deployment_events', pipeline())).toMatchObject({ channel: '#all' });
  });
});

describe('the other chats', () => {
  it('Mattermost and Discord get Markdown in which nothing of people’s works', () => {
    for (const slug of ['mattermost', 'discord'] as const) {
      const text = JSON.stringify(bodyFor(integration(slug), 'pipeline_events', pipeline({}, HOSTILE)));
      expect(text).toContain('[\\\\#7](https://ci.example.com/g/p/-/pipelines/7)');
      expect(text).not.toContain('@all');
      expect(text).not.toContain('](https://evil');
      expect(text).not.toContain('<https://evil');
    }
    expect(bodyFor(integration('discord'), null, pipeline())).toMatchObject({ allowed_mentions: { parse: [] } });
  });

  const push = (name: string, title: string): JsonObject => ({
    object_kind: 'push',
    user_name: 'Ada',
    ref: 'refs/heads/main',
    before: '1',
    after: '2',
    project: { name: 'P', web_url: 'https://ci.example.com/g/p' },
    commits: [{ id: '3', url: 'https://ci.example.com/g/p/-/commit/3', title, author: { name } }],
  });

  it('Discord gets no half of a character, wherever it is cut', () => {
    for (const before of ['', 'x']) {
      const long = before + '😀'.repeat(3000);
      const body = bodyFor(integration('discord'), null, push(long, long));
      expect(JSON.stringify(body)).not.toMatch(/\\ud[89a-f]/);
      expect(JSON.stringify(bodyFor(integration('discord'), null, pipeline({ ref: long })))).not.toMatch(/\\ud[89a-f]/);
    }
  });

  it('Discord gets no embed that is too long for it, and no half of a link', () => {
    const commits = Array.from({ length: 5 }, (_, index) => ({
      id: String(index),
      url: `https://ci.example.com/g/p/-/commit/${index}`,
      title: '_'.repeat(3000),
      author: { name: '*'.repeat(300) },
    }));
    const failed = Array.from({ length: 10 }, (_, id) => ({ id, name: 'j'.repeat(250), status: 'failed' }));
    const messages = [
      { ...push('a', 'b'), ref: `refs/heads/${'b'.repeat(5000)}`, commits },
      { ...pipeline({ name: 'n'.repeat(255) }, 't'.repeat(2000)), builds: failed },
    ];
    for (const message of messages) {
      const text = JSON.stringify(bodyFor(integration('discord'), null, message));
      const embed = JSON.parse(text).embeds[0];
      const lengths = embed.fields.map(({ name, value }: Record<'name' | 'value', string>) => [
        name.length,
        value.length,
      ]);
      const all = lengths.flat().reduce((sum: number, length: number) => sum + length, embed.description.length);
      expect(all).toBeLessThanOrEqual(6000);
      for (const [name, value] of lengths) expect([name <= 256, value <= 1024]).toEqual([true, true]);
      const withoutLinks = text.replace(/\[[^[\]]*\]\(https:[^()]*\)/g, '');
      expect(withoutLinks).not.toContain('https:');
    }
  });

  it('no chat gets half a character that came with the event, not in an address either', () => {
    for (const slug of ['slack', 'mattermost', 'microsoft-teams', 'discord'] as const) {
      const body = bodyFor(integration(slug), null, { ...push('a\ud83d', 'b\ud83d'), ref: 'refs/heads/c\ud83d' });
      expect(JSON.stringify(body)).not.toMatch(/\\ud[89a-f]/);
    }
  });

  it('Discord gets the names of authors as they are, without Markdown', () => {
    const body = bodyFor(integration('discord'), null, push('[x](https://evil.example) @everyone', 'Fix'));
    expect(JSON.stringify(body)).toContain('\\\\[x\\\\]\\\\(https');
    expect(JSON.stringify(body)).not.toContain('](https://evil');
    expect(JSON.stringify(body)).not.toContain('@everyone');
  });

  it('Teams gets a card of plain runs', () => {
    const body = bodyFor(integration('microsoft-teams'), 'pipeline_events', pipeline({}, HOSTILE));
    expect(body).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            type: 'AdaptiveCard',
            body: [{ type: 'RichTextBlock' }, { inlines: [{}, { type: 'TextRun' }] }, {}],
          },
        },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('"TextBlock"');
  });
});

describe('what is told', () => {
  it.each([
    ['failed', {}, {}, true],
    ['running', {}, {}, false],
    ['canceled', {}, {}, false],
    ['success', {}, {}, true],
    ['success', {}, { notifyOnlyBrokenPipelines: true }, false],
    ['failed', { ref: 'topic', protected_ref: false }, {}, false],
    ['failed', { ref: 'topic', protected_ref: false }, { branchesToBeNotified: 'all' }, true],
    ['failed', { ref: 'topic', protected_ref: true }, { branchesToBeNotified: 'protected' }, true],
    ['failed', { ref: 'topic', protected_ref: false }, { branchesToBeNotified: 'default_and_protected' }, false],
    ['failed', { ref: 'v1', tag: true, protected_ref: false }, {}, true],
  ] as const)('a pipeline that is %s, %j for %j: %s', (status, attributes, settings, expected) => {
    expect(isToldOf(integration('slack', settings), pipeline({ status, ...attributes }))).toBe(expected);
  });

  it('deployments but those that wait, pushes of the wanted branches, nothing without a message', () => {
    const deployment = (status: string) => ({ object_kind: 'deployment', status });
    expect(
      ['running', 'success', 'failed', 'canceled', 'blocked'].map((status) =>
        isToldOf(integration('slack'), deployment(status)),
      ),
    ).toEqual([true, true, true, true, false]);
    const push = {
      object_kind: 'push',
      ref: 'refs/heads/topic',
      ref_protected: false,
      project: { default_branch: 'main' },
    };
    expect(isToldOf(integration('slack'), push)).toBe(false);
    expect(isToldOf(integration('slack'), { ...push, ref: 'refs/heads/main' })).toBe(true);
    expect(isToldOf(integration('slack'), { object_kind: 'build' })).toBe(false);
  });

  it('merge requests but for their updates: each push and each label would be one', () => {
    const told = (action: string) => isToldOf(integration('slack'), { object_kind: 'merge_request', ...of(action) });
    const of = (action: string): JsonObject => ({ object_attributes: { action } });
    expect(['open', 'close', 'reopen', 'merge', 'approved', 'unapproved', 'update'].map(told)).toEqual([
      ...Array.from({ length: 6 }, () => true),
      false,
    ]);
  });

  it('a deployment and a push read as GitLab’s do', () => {
    const fallback = (payload: JsonObject) => JSON.stringify(bodyFor(integration('slack'), null, payload));
    const project = { name: 'P', web_url: 'https://ci.example.com/g/p' };
    const deployment = { object_kind: 'deployment', status: 'success', environment: 'production', project };
    expect(fallback(deployment)).toContain('"fallback":"P: Deploy to production succeeded"');
    const gone = { ...deployment, short_sha: 'abc', commit_url: null, commit_title: null };
    expect(fallback(gone)).toContain('"title":"Commit","value":"abc"');
    expect(JSON.stringify(bodyFor(integration('microsoft-teams'), null, gone))).not.toContain('"url":""');
    const push = {
      object_kind: 'push',
      user_name: 'Ada',
      ref: 'refs/heads/a/b',
      before: '1',
      after: '2',
      project,
      commits: [],
    };
    expect(fallback(push)).toContain('"fallback":"Ada pushed to branch a/b of P"');
  });
});
