import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXTERNAL_URL, type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../projects/role.ts';

let app: TestApp;
let project: TestProject;
let developer: Person;
/** Ids of the pipelines by what they are. */
const ids = new Map<string, number>();

/** Which of the pipelines a list holds, in its order. */
const list = async (query: Readonly<Record<string, string>> = {}): Promise<readonly string[]> => {
  const answer = await project.call('GET', '/pipelines', { query: { per_page: '100', ...query } });
  const names = new Map([...ids].map(([name, id]) => [id, name]));
  return answer
    .must(200)
    .pluck('id')
    .map((id) => names.get(Number(id)) ?? `unknown ${String(id)}`);
};

const moment = (name: string, seconds = 0): string =>
  new Date(Date.parse(times.get(name) ?? '') + seconds * 1000).toISOString();
const times = new Map<string, string>();

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject('workflow: { name: $NAME }\na:\n  script: a\n');
  developer = await app.addPerson('Developer');
  await project.addMember(developer, ROLES.developer);
  const main = (await project.headOf('main')) ?? '';
  await project.commit({}, { branch: 'open', from: main });
  await project.commit('a: [\n', { branch: 'broken' });
  await project.tag('v1', main);
  const runner = await app.addRunner(project);
  const note = (name: string, id: number) => {
    ids.set(name, id);
    times.set(name, app.clock.now().toISOString());
  };
  const run = async (name: string, ref: string, as: Person = project.owner, variables = true) => {
    app.clock.advance(60);
    const given = variables ? [{ key: 'NAME', value: name }] : [];
    note(name, (await project.run({ ref, as, variables: given })).id);
  };
  await run('done', 'main');
  await runner.work();
  await run('failed', 'main');
  await runner.work({ a: { exit: 1 } });
  await run('developer', 'open', developer, false);
  await (await runner.mustTake()).start();
  await run('tag', 'v1');
  app.clock.advance(60);
  const token = await project.addTrigger();
  const form = { token, ref: 'main' };
  note('trigger', (await project.anonymously('POST', '/trigger/pipeline', { form })).number('id'));
  app.clock.advance(60);
  await project.anonymously('POST', '/trigger/pipeline', { form: { token, ref: 'broken' } });
  note('broken', (await project.newestPipeline()).id);
  await run('canceled', 'open');
  await project.pipeline(ids.get('canceled') ?? 0).call('POST', '/cancel');
});
afterAll(() => app.close());

describe('GET pipelines', () => {
  it('lists the newest first', async () => {
    expect(await list()).toEqual(['canceled', 'broken', 'trigger', 'tag', 'developer', 'failed', 'done']);
  });

  it('shows of each what the list has', async () => {
    const answer = await project.call('GET', '/pipelines', { query: { name: 'done' } });
    expect(answer.body).toEqual([
      {
        id: ids.get('done'),
        iid: 1,
        project_id: project.id,
        sha: await project.headOf('main'),
        ref: 'main',
        status: 'success',
        source: 'api',
        created_at: times.get('done'),
        updated_at: times.get('done'),
        web_url: `${EXTERNAL_URL}/${project.fullPath}/-/pipelines/${ids.get('done')}`,
        name: 'done',
      },
    ]);
  });

  const filters: readonly (readonly [Readonly<Record<string, string>>, readonly string[]])[] = [
    [{ scope: 'running' }, ['developer']],
    [{ scope: 'pending' }, ['trigger', 'tag']],
    [{ scope: 'finished' }, ['canceled', 'broken', 'failed', 'done']],
    [{ scope: 'branches' }, ['canceled', 'broken', 'trigger']],
    [{ scope: 'tags' }, ['tag']],
    [{ status: 'success' }, ['done']],
    [{ status: 'canceled' }, ['canceled']],
    [{ status: 'skipped' }, []],
    [{ scope: 'finished', status: 'failed' }, ['broken', 'failed']],
    [{ scope: 'running', status: 'failed' }, []],
    [{ source: 'trigger' }, ['broken', 'trigger']],
    [{ source: 'schedule' }, []],
    [{ ref: 'open' }, ['canceled', 'developer']],
    [{ ref: 'nowhere' }, []],
    [{ yaml_errors: 'true' }, ['broken']],
    [{ yaml_errors: 'false' }, ['canceled', 'trigger', 'tag', 'developer', 'failed', 'done']],
    [{ username: 'developer' }, ['developer']],
    [{ username: 'nobody' }, []],
    [{ name: 'tag' }, ['tag']],
    [{ name: 'ta' }, []],
    [{ order_by: 'id', sort: 'asc' }, ['done', 'failed', 'developer', 'tag', 'trigger', 'broken', 'canceled']],
    [{ order_by: 'ref', sort: 'asc' }, ['broken', 'done', 'failed', 'trigger', 'developer', 'canceled', 'tag']],
    [{ order_by: 'status', sort: 'asc', ref: 'main' }, ['failed', 'trigger', 'done']],
    [{ order_by: 'user_id', sort: 'desc', ref: 'open' }, ['developer', 'canceled']],
  ];
  it.each(filters)('%j', async (query, expected) => {
    expect(await list(query)).toEqual(expected);
  });

  it('filters by commit, in full only', async () => {
    const sha = (await project.headOf('broken')) ?? '';
    expect(await list({ sha })).toEqual(['broken']);
    expect(await list({ sha: sha.slice(0, 8) })).toEqual([]);
  });

  it('filters by the time of creation and of the last change, both ends outside', async () => {
    expect(await list({ created_after: moment('broken') })).toEqual(['canceled']);
    expect(await list({ created_after: moment('broken', -1) })).toEqual(['canceled', 'broken']);
    expect(await list({ created_before: moment('failed') })).toEqual(['done']);
    expect(await list({ created_after: moment('done'), created_before: moment('developer') })).toEqual(['failed']);
    expect(await list({ updated_after: moment('broken') })).toEqual(['canceled']);
    expect(await list({ updated_before: moment('failed', 0) })).toEqual(['done']);
    app.clock.advance(60);
    await project.pipeline(ids.get('tag') ?? 0).call('PUT', '/metadata', { form: { name: 'tag' } });
    expect((await list({ order_by: 'updated_at' }))[0]).toBe('tag');
  });

  it.each([
    [{ scope: 'odd' }, 'scope does not have a valid value'],
    [{ status: 'odd' }, 'status does not have a valid value'],
    [{ source: 'odd' }, 'source does not have a valid value'],
    [{ order_by: 'name' }, 'order_by does not have a valid value'],
    [{ sort: 'up' }, 'sort does not have a valid value'],
    [{ yaml_errors: 'maybe' }, 'yaml_errors is invalid'],
    [{ updated_before: 'yesterday' }, 'updated_before is invalid'],
    [{ per_page: '0' }, 'per_page has a value not allowed'],
    [{ page: 'x' }, 'page is invalid'],
  ])('400 for %j', async (query, error) => {
    const answer = await project.call('GET', '/pipelines', { query });
    expect(answer.outcome).toEqual([400, { error }]);
  });

  it('pages with GitLab’s headers', async () => {
    const answer = await project.call('GET', '/pipelines', { query: { per_page: '3', page: '2', ref: 'main' } });
    expect(answer.outcome).toEqual([200, []]);
    const second = await project.call('GET', '/pipelines', { query: { per_page: '3', page: '2' } });
    expect(
      Object.fromEntries([...second.headers].filter(([name]) => name.startsWith('x-') && /page|total/.test(name))),
    ).toEqual({
      'x-page': '2',
      'x-per-page': '3',
      'x-next-page': '3',
      'x-prev-page': '1',
      'x-total': '7',
      'x-total-pages': '3',
    });
    expect(second.headers.get('link')).toContain(
      `<${EXTERNAL_URL}/api/v4/projects/${project.id}/pipelines?id=${project.id}&page=3&per_page=3>; rel="next"`,
    );
  });

  it('has them on an empty list too', async () => {
    const answer = await project.call('GET', '/pipelines', { query: { scope: 'running', status: 'failed' } });
    expect([answer.headers.get('x-total'), answer.headers.get('x-page')]).toEqual(['0', '1']);
  });
});
