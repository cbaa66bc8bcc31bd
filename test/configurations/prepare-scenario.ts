import { createHash } from 'node:crypto';
import { builtInTemplates } from '../../src/app/template-folder.ts';
import type { CompileHost, LintInput } from '../../src/ci-lang/index.ts';
import { PIPELINE_SOURCES } from '../../src/wire/statuses.ts';
import { filesOfProject, type ProjectFolder } from './project-folder.ts';
import { type ConfigSource, type Data, dataOf, textOf, textsOf } from './scenario.ts';

const TEMPLATES = builtInTemplates();
const CONFIG = '.gitlab-ci.yml';
const SERVER = 'gitlab.example.com';
const SHA = '11223344'.repeat(5);

/** A configuration of the folder and what its pipeline is about. */
export interface PreparedScenario {
  readonly input: LintInput;
  readonly host: CompileHost;
}

export const prepareScenario = (folder: ProjectFolder, source: ConfigSource, facts: Data): PreparedScenario => {
  const project = source.kind === 'other_project' ? source.project : textOf(facts['project'], `acme/${folder.name}`);
  const files = source.kind === 'other_project' ? filesOfProject(folder, project) : folder.files;
  const input = { ...contentOf(source, files), ...inputOf(project, facts) };
  return { input, host: hostOf(folder, { project, files }, facts) };
};

/** The same pipeline for the merged configuration, which includes nothing any more and has no inputs. */
export const withMerged = (input: LintInput, content: string): LintInput => {
  const merged = { ...input, content, inputs: {}, elsewhere: false };
  return merged;
};

/** A child's configuration is what its trigger job includes. */
const contentOf = (source: ConfigSource, files: ReadonlyMap<string, string>) => {
  if (source.kind !== 'child') {
    const path = source.kind === 'file' ? source.path : CONFIG;
    return { path, content: files.get(path) ?? '' };
  }
  return { path: CONFIG, elsewhere: true, content: JSON.stringify({ include: source.include }) };
};

const inputOf = (project: string, facts: Data): Omit<LintInput, 'content' | 'path'> => {
  const source = PIPELINE_SOURCES.find((name) => name === facts['source']) ?? 'push';
  const ref = textOf(facts['ref'], 'main');
  const tag = facts['tag'] === true;
  const kind = source === 'merge_request_event' ? 'request' : tag ? 'tag' : 'branch';
  const predefined = { ...predefinedOf(project, ref, kind), CI_PIPELINE_SOURCE: source };
  const pipeline = {
    below: variablesOf({ ...predefined, ...dataOf(facts['predefined']) }),
    above: variablesOf(facts['variables']),
  };
  const environments = dataOf(facts['environments']);
  return {
    facts: { source, ref, tag, ...(kind === 'branch' ? { branch: ref } : {}) },
    inputs: dataOf(facts['inputs']),
    variables: {
      pipeline,
      forJob: ({ name, stage, environment }) => ({
        below: [...variablesOf({ CI_JOB_NAME: name, CI_JOB_STAGE: stage }), ...pipeline.below],
        above: [...variablesOf(environments[environment ?? '']), ...pipeline.above],
      }),
    },
  };
};

const predefinedOf = (project: string, ref: string, kind: 'request' | 'branch' | 'tag'): Record<string, string> => ({
  CI: 'true',
  CI_SERVER_HOST: SERVER,
  CI_SERVER_FQDN: SERVER,
  CI_DEFAULT_BRANCH: 'main',
  CI_PROJECT_NAME: project.split('/').at(-1) ?? '',
  CI_PROJECT_PATH: project,
  CI_PROJECT_ROOT_NAMESPACE: project.split('/')[0] ?? '',
  CI_REGISTRY_IMAGE: `registry.example.com/${project}`,
  CI_COMMIT_SHA: SHA,
  CI_COMMIT_SHORT_SHA: SHA.slice(0, 8),
  CI_COMMIT_REF_NAME: ref,
  CI_COMMIT_REF_SLUG: ref.toLowerCase().replaceAll(/[^a-z0-9]/g, '-'),
  ...(kind === 'tag' ? { CI_COMMIT_TAG: ref } : {}),
  ...(kind === 'branch' ? { CI_COMMIT_BRANCH: ref } : {}),
  ...(kind === 'request' ? requestOf(project, ref) : {}),
});

const requestOf = (project: string, branch: string): Record<string, string> => ({
  CI_MERGE_REQUEST_IID: '7',
  CI_MERGE_REQUEST_EVENT_TYPE: 'detached',
  CI_MERGE_REQUEST_PROJECT_PATH: project,
  CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: project,
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: branch,
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
  CI_OPEN_MERGE_REQUESTS: `${project}!7`,
});

const variablesOf = (from: unknown) =>
  Object.entries(dataOf(from)).map(([key, value]) => ({ key, value: String(value) }));

interface Home {
  readonly project: string;
  readonly files: ReadonlyMap<string, string>;
}

/** The folder as the compiler sees the world. A project has the same files at every ref. */
const hostOf = (folder: ProjectFolder, home: Home, facts: Data): CompileHost => {
  const filesAt = (place: { readonly project: string } = home): ReadonlyMap<string, string> =>
    place.project === home.project ? home.files : filesOfProject(folder, place.project);
  const host = {
    serverUrl: `https://${SERVER}`,
    home: { project: home.project, sha: SHA },
    readLocalFile: (path: string, place?: { readonly project: string }) => Promise.resolve(filesAt(place).get(path)),
    listFiles: (place?: { readonly project: string }) => {
      const further = place === undefined || place.project === home.project ? textsOf(facts['files']) : [];
      return Promise.resolve([...filesAt(place).keys(), ...further]);
    },
    changedFiles: (compareTo?: string) => Promise.resolve(changedFiles(facts, compareTo)),
    listTags: () => Promise.resolve([]),
    findProject: ({ path }: { readonly path: string }) =>
      Promise.resolve(
        filesOfProject(folder, path).size === 0
          ? { kind: 'not_found' as const }
          : { kind: 'found' as const, place: { project: path, sha: SHA } },
      ),
    readTemplate: (name: string) => TEMPLATES.read(name),
    fetchText: (url: string) => Promise.resolve(answerOf(folder.remote.get(url))),
    identifyFiles: (questions: readonly { readonly path: string }[]) =>
      Promise.resolve(
        questions.map(({ path }) =>
          [...home.files.keys(), ...textsOf(facts['files'])].includes(path) ? SHA : undefined,
        ),
      ),
  };
  return host;
};

const answerOf = (text: string | undefined) =>
  text === undefined
    ? { kind: 'failed' as const, attempts: 1, reason: { kind: 'status' as const, status: 404 } }
    : { kind: 'text' as const, text, sha256: createHash('sha256').update(text).digest('base64') };

const changedFiles = (facts: Data, compareTo: string | undefined): readonly string[] | 'invalid_ref' | undefined => {
  if (compareTo === undefined) return Array.isArray(facts['changed']) ? textsOf(facts['changed']) : undefined;
  const since = dataOf(facts['changed_since']);
  return Object.hasOwn(since, compareTo) ? textsOf(since[compareTo]) : 'invalid_ref';
};
