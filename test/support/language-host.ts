import { createHash } from 'node:crypto';
import {
  type CompileHost,
  type ConfigPlace,
  DeadlinePassed,
  type FetchAnswer,
  type ProjectAnswer,
  type ProjectQuestion,
} from '../../src/ci-lang/index.ts';

/** A world in which a pipeline's own project has no files and nothing else is there. Each answer can be given. */
export const languageHost = (answers: Partial<CompileHost> = {}): CompileHost => ({
  serverUrl: 'https://ci.example.com',
  home: { project: 'group/project', sha: 'home' },
  readLocalFile: () => Promise.resolve(undefined),
  listFiles: () => Promise.resolve([]),
  findProject: () => Promise.resolve({ kind: 'not_found' }),
  listTags: () => Promise.resolve([]),
  fetchText: () => Promise.resolve({ kind: 'failed', attempts: 1, reason: { kind: 'status', status: 404 } }),
  readTemplate: () => Promise.resolve({ kind: 'unknown', names: [] }),
  changedFiles: () => Promise.resolve(undefined),
  identifyFiles: (questions) => Promise.resolve(questions.map(() => undefined)),
  ...answers,
});

/** What is around the project of a golden case. */
export interface GoldenWorld {
  /** Sections of the case by their titles. */
  readonly sections: ReadonlyMap<string, string>;
  /** Further paths of the project. */
  readonly paths: readonly string[];
  /** Projects that everybody may read. */
  readonly open: readonly string[];
  /** Old path → path. */
  readonly moved: Readonly<Record<string, unknown>>;
  /** Address → what comes instead of a text. */
  readonly remote: Readonly<Record<string, unknown>>;
  /** What is asked for when the time is over: a path, an address, a project. */
  readonly late: readonly string[];
  readonly isChild: boolean;
}

const PROJECT_FILE = /^project ([^@:]+)(?:@([^:]+))?: (.+)$/;
const TEMPLATE = 'template ';
const OTHER = /^(?:project |template |artifact |https?:)/;

/** The sha of a ref is `project@ref` in this world, that of a project's head `project@HEAD`. */
export const goldenHost = (
  world: GoldenWorld,
  commit: Pick<CompileHost, 'changedFiles' | 'identifyFiles'>,
): CompileHost => {
  const { sections } = world;
  const titles = [...sections.keys()];
  const files = titles.flatMap((title) => {
    const [, project, ref = 'HEAD', path] = PROJECT_FILE.exec(title) ?? [];
    return project === undefined || path === undefined ? [] : [{ project, ref, path, title }];
  });
  const home = { project: 'group/project', sha: 'home' };
  const isHome = (place: ConfigPlace): boolean => place.sha === home.sha;
  const inTime = <Value>(asked: string, answer: Value): Promise<Value> =>
    world.late.includes(asked) ? Promise.reject(new DeadlinePassed()) : Promise.resolve(answer);
  const of = ({ sha }: ConfigPlace) => files.filter(({ project, ref }) => `${project}@${ref}` === sha);
  return languageHost({
    home,
    ...commit,
    readLocalFile: (path, place) => {
      const title = isHome(place) ? path : of(place).find((file) => file.path === path)?.title;
      return inTime(path, title === undefined || (isHome(place) && OTHER.test(path)) ? undefined : sections.get(title));
    },
    listFiles: (place) => {
      const own = [...titles.filter((title) => !OTHER.test(title)), ...world.paths];
      return Promise.resolve(isHome(place) ? own : of(place).map(({ path }) => path));
    },
    findProject: (question) => inTime(question.path, findProject(question, files, world)),
    listTags: ({ project }) =>
      Promise.resolve([...new Set(files.filter((file) => file.project === project).map(({ ref }) => ref))]),
    fetchText: (url) => inTime(url, fetchText(url, world)),
    readTemplate: (name) => {
      const text = sections.get(`${TEMPLATE}${name}`);
      const names = titles.flatMap((title) => (title.startsWith(TEMPLATE) ? [title.slice(TEMPLATE.length)] : []));
      return Promise.resolve(text === undefined ? { kind: 'unknown', names } : { kind: 'found', text });
    },
    ...(world.isChild && {
      readArtifact: (job, path) => {
        const text = sections.get(`artifact ${job}: ${path}`);
        return Promise.resolve(text === undefined ? { kind: 'no_artifacts' } : { kind: 'found', text });
      },
    }),
  });
};

const findProject = (
  { path, ref = 'HEAD', as, followMoves }: ProjectQuestion,
  files: readonly { readonly project: string; readonly ref: string }[],
  { open, moved }: GoldenWorld,
): ProjectAnswer => {
  const present = followMoves && Object.hasOwn(moved, path) ? String(moved[path]) : path;
  const found = files.filter(({ project }) => project.toLowerCase() === present);
  const [first] = found;
  if (first === undefined || (as === 'anybody' && !open.includes(present))) return { kind: 'not_found' };
  const isRef = found.some((file) => file.ref === ref);
  return isRef || ref === 'HEAD'
    ? { kind: 'found', place: { project: first.project, sha: `${first.project}@${ref}` } }
    : { kind: 'unknown_ref' };
};

const FAILURES = ['socket', 'timeout', 'http'] as const;

const fetchText = (url: string, { sections, remote }: GoldenWorld): FetchAnswer => {
  const text = sections.get(url);
  if (text !== undefined) {
    return { kind: 'text', text, sha256: createHash('sha256').update(text).digest('base64') };
  }
  const told = Object(remote[url]);
  if (typeof told.blocked === 'string') return { kind: 'blocked', reason: told.blocked };
  const kind = FAILURES.find((name) => name === told.failed);
  const attempts = Number(told.attempts ?? 1);
  if (kind !== undefined) return { kind: 'failed', attempts, reason: { kind } };
  return { kind: 'failed', attempts, reason: { kind: 'status', status: Number(told.status ?? 404) } };
};
