import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXTERNAL_URL, type Person, startTestApp, type TestApp } from '../../../../test/support/test-app.ts';
import type { TestProject } from '../../../../test/support/test-project.ts';
import { ROLES } from '../../projects/role.ts';

const CONFIG = 'include: /ci/more.yml\nstages: [build, test]\nb: {stage: test, script: echo 1, tags: [yes, big]}\n';
const MORE = 'a: {stage: build, script: echo 2, rules: [{if: $CI_COMMIT_BRANCH == "other"}]}\n';
const MERGED = [
  '---',
  'a:',
  '  stage: build',
  '  script: echo 2',
  '  rules:',
  '  - if: $CI_COMMIT_BRANCH == "other"',
  'stages:',
  '- ".pre"',
  '- build',
  '- test',
  '- ".post"',
  'b:',
  '  stage: test',
  '  script: echo 1',
  '  tags:',
  "  - 'yes'",
  '  - big',
  '',
].join('\n');

let app: TestApp;
let project: TestProject;
let sha: string;
let developer: Person;
let reporter: Person;

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject('a: {script: x}\n');
  developer = await app.addPerson('developer');
  reporter = await app.addPerson('reporter');
  await project.addMember(developer, ROLES.developer);
  await project.addMember(reporter, ROLES.reporter);
  sha = await project.commit({ '.gitlab-ci.yml': CONFIG.replace('yes', "'yes'"), 'ci/more.yml': MORE });
  await project.commit('image: a\nservices: [b]\n', { branch: 'wrong', from: sha });
});
afterAll(() => app.close());

const post = (json: object, as: Person = developer) => project.call('POST', '/ci/lint', { as, json });
const get = (query: Readonly<Record<string, string>> = {}, as: Person = developer) =>
  project.call('GET', '/ci/lint', { as, query });

/** Where a new project without a commit has its lint. */
const emptyProject = async (path: string): Promise<string> => {
  const made = await app.http('POST', '/projects', { as: project.owner, form: { path } });
  return `/projects/${made.must(201).number('id')}/ci/lint`;
};

describe('POST ci/lint', () => {
  const content = CONFIG.replace('yes', "'yes'");

  it('answers 200 with GitLab’s fields, and lists what was included', async () => {
    expect((await post({ content })).must(200).body).toEqual({
      valid: true,
      errors: [],
      warnings: [],
      merged_yaml: MERGED,
      includes: [
        {
          type: 'local',
          location: 'ci/more.yml',
          blob: `${EXTERNAL_URL}/${project.fullPath}/-/blob/${sha}/ci/more.yml`,
          raw: `${EXTERNAL_URL}/${project.fullPath}/-/raw/${sha}/ci/more.yml`,
          extra: {},
          context_project: project.fullPath,
          context_sha: sha,
        },
      ],
    });
  });

  it('lists every job when asked, as the text defines them', async () => {
    const { body } = (await post({ content, include_jobs: true })).must(200);
    expect(body).toMatchObject({
      jobs: [
        { name: 'a', stage: 'build', only: null, except: null, needs: null },
        {
          name: 'b',
          stage: 'test',
          before_script: [],
          script: ['echo 1'],
          after_script: [],
          tag_list: ['yes', 'big'],
          only: { refs: ['branches', 'tags'] },
          except: null,
          environment: null,
          when: 'on_success',
          allow_failure: false,
          needs: null,
        },
      ],
    });
  });

  it('a wrong text is an answer, with what was merged', async () => {
    expect((await post({ content: 'image: a\nservices: [b]\n', include_jobs: true })).outcome).toEqual([
      200,
      {
        valid: false,
        errors: ['jobs config should contain at least one visible job'],
        warnings: [],
        merged_yaml: '---\nimage: a\nservices:\n- b\n',
        includes: [],
        jobs: [],
      },
    ]);
    expect((await post({ content: 'a: [\n' })).must(200).body).toMatchObject({
      valid: false,
      errors: [expect.stringMatching(/^\(<unknown>\): did not find/)],
      merged_yaml: null,
      includes: null,
    });
    expect((await post({ content: '' })).must(200).at('errors')).toEqual(['Please provide content of .gitlab-ci.yml']);
    expect((await post({ content: 'include: nowhere.yml\n' })).must(200).at('errors')).toEqual([
      'Local file `nowhere.yml` does not exist!',
    ]);
  });

  it('a dry run evaluates rules for the ref, and creates nothing', async () => {
    const before = await project.countPipelines();
    const dry = { content, dry_run: true, include_jobs: true };
    const onMain = (await post(dry, project.owner)).must(200);
    expect(onMain.body).toMatchObject({
      valid: true,
      merged_yaml: MERGED,
      jobs: [{ name: 'b', tag_list: ['yes', 'big'] }],
    });
    expect(onMain.at('jobs', 0)).not.toHaveProperty('needs');
    await project.commit({ 'x.txt': 'x' }, { branch: 'other', from: sha });
    const onOther = (await post({ content, dry_run: true, include_jobs: true, ref: 'other' })).must(200);
    expect(onOther.body).toMatchObject({ jobs: [{ name: 'a' }, { name: 'b' }] });
    const nothing = await post({ content: 'a: {script: x, rules: [{when: never}]}\n', dry_run: true, ref: 'other' });
    expect(nothing.must(200).body).toMatchObject({
      valid: false,
      errors: ['The resulting pipeline would have been empty. Review the rules configuration for the relevant jobs.'],
    });
    expect(await project.countPipelines()).toBe(before);
  });

  it('a dry run that may not be made says why, and shows nothing', async () => {
    expect((await post({ content, dry_run: true, ref: 'nowhere', include_jobs: true })).outcome).toEqual([
      200,
      { valid: false, errors: ['Reference not found'], warnings: [], merged_yaml: null, includes: null, jobs: [] },
    ]);
    // The default branch is protected.
    const refused = await post({ content, dry_run: true });
    expect(refused.must(200).string('errors', 0)).toContain('You do not have sufficient permission');
  });

  it('keeps protected variables from those who may not push to the branch', async () => {
    const secret = await app.addProject('a: {script: x}\n');
    await secret.addMember(developer, ROLES.developer);
    await secret.addVariable({ key: 'NAME', value: 'of-a-secret', protected: 'true' });
    const text = { content: 'include: ci/$NAME.yml\na: {script: x}\n' };
    const toOwner = (await secret.call('POST', '/ci/lint', { json: text })).must(200);
    expect(toOwner.at('errors')).toEqual(['Local file `ci/of-a-secret.yml` does not exist!']);
    const toDeveloper = (await secret.call('POST', '/ci/lint', { as: developer, json: text })).must(200);
    expect(toDeveloper.at('errors')).toEqual(['Included file `ci/.yml` does not have YAML extension!']);
  });

  it('works where nothing was pushed yet', async () => {
    const path = await emptyProject('nothing-yet');
    const as = project.owner;
    const answer = await app.http('POST', path, { as, json: { content: 'a: {script: x}\n' } });
    expect(answer.must(200).at('valid')).toBe(true);
    const included = await app.http('POST', path, { as, json: { content: 'include: a.yml\n' } });
    expect(included.must(200).at('errors')).toEqual(['Local file `a.yml` does not exist!']);
  });

  it('is for those who may create pipelines; content is required', async () => {
    expect((await post({ content }, reporter)).status).toBe(403);
    expect((await post({})).outcome).toEqual([400, { error: 'content is missing' }]);
    expect((await project.anonymously('POST', '/ci/lint', { json: { content } })).status).toBe(404);
    const open = await app.addProject('a: {script: x}\n');
    await open.set({ visibility: 'public' });
    expect((await open.anonymously('POST', '/ci/lint', { json: { content } })).status).toBe(403);
  });
});

describe('GET ci/lint', () => {
  it('checks the file of the default branch, or of content_ref', async () => {
    expect((await get()).must(200).body).toMatchObject({ valid: true, merged_yaml: MERGED });
    expect((await get({ include_jobs: 'true' })).must(200).at('jobs', 0, 'name')).toBe('a');
    for (const query of [{ content_ref: 'wrong' }, { sha: 'wrong' }]) {
      expect((await get(query)).must(200).at('errors')).toEqual([
        'jobs config should contain at least one visible job',
      ]);
    }
  });

  it('a dry run takes the text of content_ref to dry_run_ref', async () => {
    const query = { content_ref: sha, dry_run: 'true', include_jobs: 'true' };
    expect((await get(query, project.owner)).must(200).at('jobs', 0, 'name')).toBe('b');
    await project.commit({ 'z.txt': 'z' }, { branch: 'other', from: sha });
    for (const name of ['dry_run_ref', 'ref']) {
      expect((await get({ ...query, [name]: 'other' })).must(200).at('jobs', 0, 'name')).toBe('a');
    }
  });

  it('says what is missing', async () => {
    expect((await get({ content_ref: 'nowhere' })).outcome).toEqual([404, { message: '404 Commit Not Found' }]);
    const empty = await app.http('GET', await emptyProject('still-nothing'), { as: project.owner });
    expect(empty.outcome).toEqual([404, { message: '404 Repository Not Found' }]);
    const bare = await app.addProject({ 'README.md': 'x' });
    expect((await bare.call('GET', '/ci/lint')).must(200).at('errors')).toEqual([
      'Please provide content of .gitlab-ci.yml',
    ]);
    expect((await bare.call('GET', '/ci/lint', { query: { dry_run: 'true' } })).must(200).at('errors')).toEqual([
      'Missing CI config file',
    ]);
  });

  it('refuses both names of one parameter', async () => {
    expect((await get({ sha: 'a', content_ref: 'b' })).outcome).toEqual([
      400,
      { error: 'sha, content_ref are mutually exclusive' },
    ]);
    expect((await get({ ref: 'a', dry_run_ref: 'b' })).outcome).toEqual([
      400,
      { error: 'ref, dry_run_ref are mutually exclusive' },
    ]);
  });

  it('is open to everybody who may read the code; a dry run needs more', async () => {
    const open = await app.addProject('a: {script: x}\n');
    await open.set({ visibility: 'public' });
    expect((await open.anonymously('GET', '/ci/lint')).must(200).at('valid')).toBe(true);
    const refused = ['Insufficient permissions to create a new pipeline'];
    const query = { dry_run: 'true' };
    expect((await open.anonymously('GET', '/ci/lint', { query })).must(200).at('errors')).toEqual(refused);
    expect((await get(query, reporter)).must(200).at('errors')).toEqual(refused);
    const guest = await app.addPerson('guest');
    await project.addMember(guest, ROLES.guest);
    expect((await get({}, guest)).status).toBe(403);
    expect((await project.anonymously('GET', '/ci/lint')).status).toBe(404);
  });
});
