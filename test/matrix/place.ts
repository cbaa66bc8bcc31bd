import { buffer } from 'node:stream/consumers';
import { sql } from 'kysely';
import { ZipFile } from 'yazl';
import { digestOf, randomToken } from '../../src/platform/secrets/index.ts';
import type { FakeRunner } from '../support/fake-runner.ts';
import type { Person, TestApp } from '../support/test-app.ts';
import type { TestProject } from '../support/test-project.ts';

export type Visibility = 'private' | 'internal' | 'public';

/** A job of a pipeline that a matrix call can be about. */
export interface PlaceJob {
  readonly pipelineId: number;
  readonly id: number;
  readonly name: string;
}

/** A project with one of everything that a path can name. */
export interface Place {
  readonly project: TestProject;
  readonly visibility: Visibility;
  /** Of `main`, which is protected; `side` is not. */
  readonly sha: string;
  /** A job that runs for as long as the place is there, of the project's owner, and its token. */
  readonly running: PlaceJob & { readonly token: string };
  /** A job that has ended well, with a log and an archive. */
  readonly ended: PlaceJob;
  readonly triggerId: number;
  readonly triggerToken: string;
  /** Of the owner, on `side`. */
  readonly scheduleId: number;
  /** From `side` to `main`, number 1, with a comment. */
  readonly noteId: number;
  readonly runner: FakeRunner;
  readonly environmentId: number;
  readonly tokenId: number;
  /** A group of the same people in the same roles; the project is not in it. */
  readonly groupId: number;
}

/** The people of the matrix, by the code of their column. */
export interface Crew {
  readonly owner: Person;
  /** Members of every place, with their access level. */
  readonly members: readonly (readonly [person: Person, accessLevel: number])[];
}

const FILES = {
  '.gitlab-ci.yml': `
test: {script: make, artifacts: {paths: [out]}, environment: review}
hold: {script: make, when: manual}
`,
  'README.md': 'Read me\n',
  'docs/guide.md': 'Guide\n',
};

/** What the archive of a job holds. */
export const ARCHIVED = 'out/report.txt';

const zipOf = async (path: string): Promise<Buffer<ArrayBuffer>> => {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from('Report'), path);
  zip.end();
  return Buffer.from(await buffer(zip.outputStream));
};

let count = 0;
/** A name that no other call of this process gets. */
export const unique = (word: string): string => {
  count += 1;
  return `${word}-${count}`;
};

/** Adds members without a request each. */
export const addMembers = async (app: TestApp, projectId: number, members: Crew['members']): Promise<void> => {
  await app.db
    .insertInto('project_members')
    .values(
      members.map(([person, level]) => ({
        project_id: projectId,
        user_id: person.user.id,
        access_level: level,
        created_at: app.clock.now(),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
};

/** A group of the owner's with these members. */
export const addGroup = async (app: TestApp, { owner, members }: Crew, visibility: Visibility): Promise<number> => {
  const path = unique(`${visibility}-group`);
  const made = await app.http('POST', '/groups', { as: owner, json: { name: path, path, visibility } });
  const id = made.must(201).number('id');
  const rows = members.map(([person, level]) => ({
    namespace_id: id,
    user_id: person.user.id,
    access_level: level,
    created_at: app.clock.now(),
  }));
  await app.db.insertInto('group_members').values(rows).execute();
  return id;
};

/** A pipeline on an unprotected branch whose jobs stand as they were made: `test` pending, `hold` manual. */
export const addPipeline = async (project: TestProject, ref = 'side') => {
  const pipeline = await project.run({ ref });
  const jobs = await pipeline.jobs();
  const job = (name: string): PlaceJob => {
    const found = jobs.find((candidate) => candidate.at('name') === name);
    if (found === undefined) throw new Error(`no job ${name}`);
    return { pipelineId: pipeline.id, id: found.number('id'), name };
  };
  return { id: pipeline.id, test: job('test'), hold: job('hold') };
};

/** Puts a job into the hands of nobody, running: its token. */
export const makeRun = async (app: TestApp, id: number): Promise<string> => {
  const token = randomToken('glcbt-');
  await sql`
    update jobs set status = 'running', token_digest = ${Buffer.from(digestOf(token))}, started_at = ${app.clock.now()},
      confirmed_at = ${app.clock.now()}, contacted_at = ${app.clock.now()}, timeout = 3600
    where id = ${id}`.execute(app.db);
  await sql`
    update pipelines set status = 'running' where id = (select pipeline_id from jobs where id = ${id})`.execute(app.db);
  return token;
};

/** Ends a job and its pipeline as they may end. */
export const makeEnd = async (app: TestApp, id: number, status: 'success' | 'failed'): Promise<void> => {
  await sql`update jobs set status = ${status}, finished_at = ${app.clock.now()} where id = ${id}`.execute(app.db);
  await sql`
    update pipelines set status = ${status} where id = (select pipeline_id from jobs where id = ${id})`.execute(app.db);
};

/** A job of a new pipeline that has ended, with a log and an archive. */
export const addEndedJob = async (app: TestApp, project: TestProject) => {
  const { test } = await addPipeline(project);
  const token = await makeRun(app, test.id);
  const headers = { 'JOB-TOKEN': token };
  const log = { 'Content-Type': 'text/plain', 'Content-Range': '0-2' };
  (await app.http('PATCH', `/jobs/${test.id}/trace`, { raw: 'log', headers: { ...headers, ...log } })).must(202);
  (await app.http('POST', `/jobs/${test.id}/artifacts`, { multipart: await archive(), headers })).must(201);
  await makeEnd(app, test.id, 'success');
  return test;
};

export const archive = async (): Promise<FormData> => {
  const form = new FormData();
  form.append('file', new Blob([await zipOf(ARCHIVED)]), 'artifacts.zip');
  return form;
};

/** Only takes jobs that nobody makes here, so that a request for one is always 204. */
export const RUNNER_SETTINGS = { run_untagged: 'false', tag_list: 'nobody' };

/** A project with members, branches, a tag and a running job. `from`: projects whose jobs it lets in. */
export const makeBare = async (
  app: TestApp,
  { owner, members }: Crew,
  visibility: Visibility,
  from: readonly TestProject[],
): Promise<Pick<Place, 'project' | 'visibility' | 'sha' | 'running'>> => {
  const path = unique(`${visibility}-place`);
  const project = await app.addProject(FILES, { owner, path, settings: { visibility } });
  await addMembers(app, project.id, members);
  for (const source of from) {
    const form = { target_project_id: String(source.id) };
    (await project.call('POST', '/job_token_scope/allowlist', { form })).must(201);
  }
  const sha = (await project.headOf('main')) ?? '';
  await project.tag('v1', sha);
  await project.commit({ 'side.md': 'Side\n' }, { branch: 'side', from: sha });
  const { test } = await addPipeline(project);
  return { project, visibility, sha, running: { ...test, token: await makeRun(app, test.id) } };
};

/** A place of its own. */
export const makePlace = async (
  app: TestApp,
  crew: Crew,
  visibility: Visibility,
  from: readonly TestProject[],
): Promise<Place> => {
  const bare = await makeBare(app, crew, visibility, from);
  const { project } = bare;
  await project.addVariable({ key: 'COLOUR', value: 'green' });
  await project.protect('stable');
  const groupId = await addGroup(app, crew, visibility);
  const variable = { key: 'COLOUR', value: 'green' };
  (await app.http('POST', `/groups/${groupId}/variables`, { as: crew.owner, json: variable })).must(201);
  const trigger = (await project.call('POST', '/triggers', { form: { description: 'matrix' } })).must(201);
  const wanted = { description: 'Nightly', ref: 'side', cron: '0 1 * * *' };
  const schedule = (await project.call('POST', '/pipeline_schedules', { json: wanted })).must(201).number('id');
  (await project.call('POST', `/pipeline_schedules/${schedule}/variables`, { json: variable })).must(201);
  const mergeRequest = { source_branch: 'side', target_branch: 'main', title: 'Side' };
  (await project.call('POST', '/merge_requests', { json: mergeRequest })).must(201);
  const note = await project.call('POST', '/merge_requests/1/notes', { json: { body: 'Note' } });
  const environments = await project.call('GET', '/environments');
  const tokens = await app.http('GET', '/personal_access_tokens', { as: crew.owner });
  return {
    ...bare,
    ended: await addEndedJob(app, project),
    triggerId: trigger.number('id'),
    triggerToken: trigger.string('token'),
    scheduleId: schedule,
    noteId: note.must(201).number('id'),
    runner: await app.addRunner(project, RUNNER_SETTINGS),
    environmentId: environments.must(200).number(0, 'id'),
    tokenId: tokens.must(200).number(0, 'id'),
    groupId,
  };
};
