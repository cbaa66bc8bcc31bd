import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { FactRecord } from '../../test/support/fact-record.ts';
import { git, temporaryFolder, tryGit } from '../../test/support/git-client.ts';
import { type Person, startTestApp, type TestApp } from '../../test/support/test-app.ts';
import type { TestProject } from '../../test/support/test-project.ts';
import { NO_SHA } from '../rooms/repositories/index.ts';

const record = new FactRecord();
let app: TestApp;
let project: TestProject;
let owner: Person;

beforeAll(async () => {
  app = await startTestApp({ subscribers: [record.subscriber] });
  await record.open(app.db);
  owner = await app.addPerson('owner');
  project = await app.addProject('a:\n  script: a\n', { owner });
});
afterAll(() => app.close());
beforeEach(async () => {
  await record.take();
});

/** What was told of pushes: one change a ref, then the repository's with all of them. Throws where that is not so. */
const told = async (of: { readonly id: number } = project) => {
  const facts = (await record.takeOf('ref_pushed', 'repository_updated')).filter((fact) => fact.projectId === of.id);
  const refs = facts.flatMap((fact) => (fact.type === 'ref_pushed' ? [fact] : []));
  const wholes = facts.flatMap((fact) => (fact.type === 'repository_updated' ? [fact] : []));
  const changes = refs.map(({ ref, before, after }) => ({ ref, before, after }));
  expect(wholes.map((whole) => whole.changes)).toEqual(changes.length === 0 ? [] : [changes]);
  expect([...refs, ...wholes].every((fact) => fact.userId === owner.user.id)).toBe(true);
  return changes;
};
const head = async (branch = 'main'): Promise<string> => (await project.headOf(branch)) ?? NO_SHA;
const remote = (token = owner.token): string => app.url.replace('http://', `http://x:${token}@`);

it('a push by git: every branch and tag, made, moved and deleted, however many', async () => {
  const folder = temporaryFolder('pushes');
  const url = `${remote()}/${project.fullPath}.git`;
  await git(folder, 'clone', '--quiet', url, '.');
  const old = await head();
  await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'one');
  await git(folder, 'tag', '-a', 'v1', '-m', 'one');
  await git(
    folder,
    'push',
    '--quiet',
    '-o',
    'ci.skip',
    'origin',
    'main',
    'v1',
    'main:b1',
    'main:b2',
    'main:b3',
    'main:b4',
  );
  const sha = await git(folder, 'rev-parse', 'HEAD');
  const tag = await git(folder, 'rev-parse', 'v1');
  const facts = await record.takeOf('ref_pushed', 'repository_updated');
  const refs = facts.filter((fact) => fact.type === 'ref_pushed');
  const seen = Object.fromEntries(refs.map((fact) => [fact.ref, fact]));
  expect(Object.keys(seen)).toHaveLength(6);
  expect(seen['refs/heads/main']).toMatchObject({ before: old, after: sha, pushOptions: ['ci.skip'] });
  expect(seen['refs/heads/main']?.isOneOfMany).toBe(false);
  expect(seen['refs/tags/v1']).toMatchObject({ before: NO_SHA, after: tag, isOneOfMany: false });
  expect(seen['refs/heads/b4']).toMatchObject({ before: NO_SHA, after: sha, isOneOfMany: true });
  expect(facts.filter((fact) => fact.type === 'repository_updated')).toHaveLength(1);
  await git(folder, 'push', '--quiet', 'origin', ':b1', ':b2', ':b3', ':b4');
  expect((await told()).map(({ ref, after }) => [ref, after])).toEqual(
    ['b1', 'b2', 'b3', 'b4'].map((name) => [`refs/heads/${name}`, NO_SHA]),
  );
});

it('a push that is refused: nothing', async () => {
  const folder = temporaryFolder('refused');
  await git(folder, 'clone', '--quiet', `${remote()}/${project.fullPath}.git`, '.');
  await git(folder, 'commit', '--quiet', '--amend', '--allow-empty', '-m', 'another history');
  expect((await tryGit(folder, ['push', '--force', 'origin', 'main'])).code).not.toBe(0);
  (await project.call('POST', '/repository/branches', { form: { branch: 'main', ref: 'main' } })).must(400);
  expect(await told()).toEqual([]);
});

it('commits, files, branches and tags of the API', async () => {
  const old = await head();
  const commit = {
    branch: 'main',
    commit_message: 'one',
    actions: [{ action: 'create', file_path: 'x', content: 'x' }],
  };
  (await project.call('POST', '/repository/commits', { json: commit })).must(201);
  const first = await head();
  expect(await told()).toEqual([{ ref: 'refs/heads/main', before: old, after: first }]);
  (await project.call('POST', '/repository/commits', { json: commit })).must(400);
  expect(await told()).toEqual([]);

  const file = { branch: 'main', commit_message: 'two', content: 'y' };
  (await project.call('PUT', '/repository/files/x', { json: file })).must(200);
  const second = await head();
  expect(await told()).toEqual([{ ref: 'refs/heads/main', before: first, after: second }]);

  (await project.call('POST', '/repository/branches', { form: { branch: 'side', ref: 'main' } })).must(201);
  expect(await told()).toEqual([{ ref: 'refs/heads/side', before: NO_SHA, after: second }]);
  (await project.call('DELETE', '/repository/branches/side')).must(204);
  expect(await told()).toEqual([{ ref: 'refs/heads/side', before: second, after: NO_SHA }]);

  (await project.call('POST', '/repository/tags', { form: { tag_name: 'v2', ref: 'main' } })).must(201);
  expect(await told()).toEqual([{ ref: 'refs/tags/v2', before: NO_SHA, after: second }]);
  (await project.call('DELETE', '/repository/tags/v2')).must(204);
  expect(await told()).toEqual([{ ref: 'refs/tags/v2', before: second, after: NO_SHA }]);
});

it('the README of a new project', async () => {
  const form = { name: 'with-readme', initialize_with_readme: 'true' };
  const id = (await app.http('POST', '/projects', { as: owner, form })).must(201).number('id');
  expect(await told({ id })).toMatchObject([{ ref: 'refs/heads/main', before: NO_SHA }]);
});

it('a push by a job, which starts no pipeline', async () => {
  const { runner, project: place } = await app.scene('a:\n  script: a\n');
  await app.http('PUT', `/projects/${place.id}`, {
    as: place.owner,
    form: { ci_push_repository_for_job_token_allowed: 'true' },
  });
  const job = await runner.mustTake();
  const folder = temporaryFolder('job');
  const url = `${app.url.replace('http://', `http://gitlab-ci-token:${job.token}@`)}/${place.fullPath}.git`;
  await git(folder, 'clone', '--quiet', url, '.');
  await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'by a job');
  await record.take();
  await git(folder, 'push', '--quiet', 'origin', 'HEAD:main');
  const facts = await record.takeOf('ref_pushed', 'repository_updated', 'pipeline_created');
  expect(facts.map((fact) => [fact.type, fact.projectId])).toEqual([
    ['ref_pushed', place.id],
    ['repository_updated', place.id],
  ]);
});
