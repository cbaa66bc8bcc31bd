import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpReceiver } from '../../../../../test/support/receiver.ts';
import { type Person, startTestApp, type TestApp } from '../../../../../test/support/test-app.ts';
import type { TestProject } from '../../../../../test/support/test-project.ts';
import { ROLES } from '../../../projects/role.ts';

let app: TestApp;
let maker: Person;
/** Private; `maker` may read it. */
let library: TestProject;

const LIBRARY = {
  'ci/jobs.yml': 'from library: {script: x}\nnext: {script: x, rules: [{exists: [only-here.txt]}]}\n',
  'ci/nested.yml': 'include: [{local: ci/jobs.yml}]\nnested: {script: x}\n',
  'only-here.txt': 'x',
  'templates/lint.yml':
    'spec: {inputs: {as: {}}, component: [version, reference]}\n---\n$[[ inputs.as ]]: {script: lint, variables: {V: "$[[ component.version ]]", R: "$[[ component.reference ]]"}}\n',
};

beforeAll(async () => {
  app = await startTestApp({ outboundAllow: '127.0.0.1' });
  maker = await app.addPerson('maker');
  library = await app.addProject(LIBRARY, { path: 'library', settings: { visibility: 'private' } });
  await library.addMember(maker, ROLES.reporter);
  const first = (await library.headOf('main')) ?? '';
  await library.tag('1.0.0', first);
  await library.commit({ 'ci/jobs.yml': 'from head: {script: x}\n' });
  const second = (await library.headOf('main')) ?? '';
  for (const tag of ['1.2.0', '2.0.0-rc1', 'v1.9']) await library.tag(tag, second);
});
afterAll(() => app.close());

const projectOf = (content: string, settings: Readonly<Record<string, string>> = {}): Promise<TestProject> =>
  app.addProject(content, { owner: maker, settings });

/** The names of the jobs of a new pipeline, or what is said instead of it. */
const outcomeOf = async (project: TestProject, as: Person = maker): Promise<unknown> => {
  const answer = await project.call('POST', '/pipeline', { as, json: { ref: 'main' } });
  if (answer.status !== 201) return answer.at('message', 'base', 0);
  return (await project.pipeline(answer.number('id')).jobs()).map((job) => job.string('name'));
};

const run = async (content: string, as?: Person): Promise<unknown> => outcomeOf(await projectOf(content), as);

describe('files of other projects', () => {
  it('come from the head, or from a branch, tag or commit', async () => {
    const sha = await library.tagTarget('1.0.0');
    const include = (ref: string) => `include: [{project: ${library.fullPath.toUpperCase()}, file: ci/jobs.yml${ref}}]`;
    expect(await run(include(''))).toEqual(['from head']);
    expect(await run(include(', ref: main'))).toEqual(['from head']);
    expect(await run(include(', ref: 1.0.0'))).toEqual(['from library']);
    expect(await run(include(`, ref: ${sha}`))).toEqual(['from library']);
    const missing = `Project \`${library.fullPath}\` reference \`none\` does not exist!`;
    expect(await run(include(', ref: none'))).toBe(missing);
  });

  it('include files of their own project at the same commit; rules of their jobs look at the pipeline', async () => {
    const file = `include: [{project: ${library.fullPath}, file: /ci/nested.yml, ref: 1.0.0}]`;
    expect(await run(file)).toEqual(['from library', 'nested']);
  });

  it('are the same to nobody who may not read the code: missing and forbidden sound alike', async () => {
    const stranger = await app.addPerson('stranger');
    const hidden = await app.addProject({ 'a.yml': 'a: {script: x}' }, { settings: { visibility: 'private' } });
    const project = await projectOf(`include: [{project: ${hidden.fullPath}, file: a.yml}]`);
    await project.addMember(stranger, ROLES.maintainer);
    const sentence = (path: string) =>
      `Project \`${path}\` not found or access denied! Make sure any includes in the pipeline configuration are correctly defined.`;
    expect(await outcomeOf(project, stranger)).toBe(sentence(hidden.fullPath));
    await project.commit('include: [{project: no/such, file: a.yml}]');
    expect(await outcomeOf(project, stranger)).toBe(sentence('no/such'));
    await project.commit(`include: [{project: '${hidden.id}', file: a.yml}]`);
    expect(await outcomeOf(project, stranger)).toBe(sentence(String(hidden.id)));
    await hidden.addMember(stranger, ROLES.reporter);
    await project.commit(`include: [{project: ${hidden.fullPath}, file: a.yml}]`);
    expect(await outcomeOf(project, stranger)).toEqual(['a']);
  });

  it('are asked for by rules, too', async () => {
    const rules = (project: string) => `rules: [{exists: {paths: [only-here.txt], project: ${project}}}]`;
    expect(await run(`a: {script: x, ${rules(library.fullPath)}}`)).toEqual(['a']);
    expect(await run(`a: {script: x, ${rules('no/such')}}`)).toBe(
      'Failed to parse rule for a: rules:exists:project `no/such` is not a valid project path',
    );
  });
});

describe('components', () => {
  const component = (version: string, path = library.fullPath) =>
    `include: [{component: $CI_SERVER_FQDN/${path}/lint@${version}, inputs: {as: checked}}]`;
  const foundBy = async (version: string): Promise<unknown> => {
    const project = await projectOf(component(version));
    const runner = await app.addRunner(project);
    await project.run();
    const job = await runner.mustTake('checked');
    return { version: job.variable('V'), reference: job.variable('R') };
  };

  it('are found by version: the newest release of `~latest` and of a part, a tag, a branch', async () => {
    expect(await foundBy('~latest')).toEqual({ version: '1.2.0', reference: '~latest' });
    expect(await foundBy('1')).toEqual({ version: '1.2.0', reference: '1' });
    expect(await foundBy('1.0.0')).toEqual({ version: '1.0.0', reference: '1.0.0' });
    expect(await foundBy('main')).toEqual({ version: '', reference: 'main' });
  });

  it('that are not there say so', async () => {
    const where = `ci.example.com/${library.fullPath}`;
    expect(await run(component('3'))).toBe(`Component '${where}/lint@3' - content not found`);
    expect(await run(`include: [{component: $CI_SERVER_FQDN/${library.fullPath}/none@1.0.0}]`)).toBe(
      `Component '${where}/none@1.0.0' - content not found`,
    );
    expect(await run(component('1.0.0', 'no/such'))).toBe(
      "Component 'ci.example.com/no/such/lint@1.0.0' - project does not exist or you don't have sufficient permissions",
    );
  });

  it('follow their project when it moves; files of projects do not', async () => {
    const moving = await app.addProject(LIBRARY, { owner: maker, path: 'before' });
    const old = moving.fullPath;
    await moving.set({ path: 'after' });
    expect(await run(component('main', old))).toEqual(['checked']);
    expect(await run(`include: [{project: ${old}, file: ci/jobs.yml}]`)).toContain('not found or access denied!');
  });
});

describe('remote files', () => {
  it('are fetched, once while they are fresh', async () => {
    const server = await httpReceiver((_, response) => response.end('far: {script: x}'));
    const url = `http://${server.host}/a.yml`;
    expect(await run(`include: [{remote: ${url}, cache: 1 hour}]`)).toEqual(['far']);
    expect(await run(`include: [{remote: ${url}, cache: true}]`)).toEqual(['far']);
    expect(server.requests.length).toBe(1);
    expect(await run(`include: ${url}`)).toEqual(['far']);
    expect(server.requests.length).toBe(2);
  });

  it('are refused when their digest is another', async () => {
    const server = await httpReceiver((_, response) => response.end('far: {script: x}'));
    const url = `http://${server.host}/a.yml`;
    const include = (digest: string) => `include: [{remote: '${url}', integrity: sha256-${digest}}]`;
    expect(await run(include('p53ISxVOGxWpMUUb0lDJsOUc/hWjMOwExhfbl+wFQNo='))).toBe(
      `Remote file \`${url}\` failed integrity check!`,
    );
  });

  it('name their address and status when they fail', async () => {
    const server = await httpReceiver((_, response) => response.writeHead(404).end());
    expect(await run(`include: http://${server.host}/a.yml`)).toBe(
      `Remote file \`http://${server.host}/a.yml\` could not be fetched after 1 attempt because of HTTP code \`404\` error!`,
    );
    expect(server.requests.length).toBe(1);
  });

  it('are not fetched from private addresses', async () => {
    expect(await run('include: http://10.0.0.1/a.yml')).toBe(
      'Remote file could not be fetched because Requests to the local network are not allowed!',
    );
  });

  it('include public projects only, and no local files', async () => {
    const open = await app.addProject({ 'a.yml': 'open: {script: x}' }, { settings: { visibility: 'public' } });
    const bodies: Readonly<Record<string, string>> = {
      '/open.yml': `include: [{project: ${open.fullPath}, file: a.yml}]\nfar: {script: x}`,
      '/closed.yml': `include: [{project: ${library.fullPath}, file: ci/jobs.yml}]`,
      '/local.yml': 'include: ci/a.yml',
    };
    const server = await httpReceiver((request, response) => response.end(bodies[request.url ?? '']));
    expect(await run(`include: http://${server.host}/open.yml`)).toEqual(['open', 'far']);
    expect(await run(`include: http://${server.host}/closed.yml`)).toContain('not found or access denied!');
    expect(await run(`include: http://${server.host}/local.yml`)).toBe('Local file `ci/a.yml` does not have project!');
  });
});

describe('the setting of where the configuration is', () => {
  it("names a file of another project, whose includes are that project's", async () => {
    const setting = (ref: string) => ({ ci_config_path: `ci/nested.yml@${library.fullPath}${ref}` });
    expect(await outcomeOf(await projectOf('own: {script: x}', setting('')))).toEqual(['from head', 'nested']);
    expect(await outcomeOf(await projectOf('own: {script: x}', setting(':1.0.0')))).toEqual(['from library', 'nested']);
    expect(await outcomeOf(await projectOf('own: {script: x}', setting(':none')))).toBe(
      `Project \`${library.fullPath}\` reference \`none\` does not exist!`,
    );
  });

  it('names an address, and inputs reach its file', async () => {
    const text = 'spec: {inputs: {as: {default: plain}}}\n---\n$[[ inputs.as ]]: {script: x}';
    const server = await httpReceiver((_, response) => response.end(text));
    const project = await projectOf('own: {script: x}', { ci_config_path: `http://${server.host}/ci.yml` });
    expect(await outcomeOf(project)).toEqual(['plain']);
    const json = { ref: 'main', inputs: { as: 'given' } };
    const pipeline = project.pipeline((await project.call('POST', '/pipeline', { json })).must(201).number('id'));
    expect(await pipeline.statuses()).toEqual({ given: 'pending' });
  });

  it('names a file of the project, which must be there', async () => {
    expect(await outcomeOf(await projectOf('own: {script: x}', { ci_config_path: 'ci/none.yml' }))).toBe(
      'Missing CI config file',
    );
  });
});

describe('files of the project itself', () => {
  it('are not read when they are too big', async () => {
    const project = await app.addProject(
      { '.gitlab-ci.yml': 'include: big.yml', 'big.yml': '#'.repeat(2 ** 21 + 1) },
      { owner: maker },
    );
    expect(await outcomeOf(project)).toBe('`big.yml`: The provided YAML is too big');
  });
});

describe('templates', () => {
  it('come with the server', async () => {
    const file = 'include: [{template: Workflows/Branch-Pipelines.gitlab-ci.yml}]\nown: {script: x}';
    expect(await run(file)).toEqual(['own']);
  });
});
