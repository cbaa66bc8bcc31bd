import type { Parts } from '../../src/app/parts.ts';
import type { ProjectId } from '../../src/kit/ids.ts';
import {
  findCommit,
  newCommit,
  newObject,
  newTag,
  type Repository,
  TreeEditor,
  updateRefs,
  writeObjects,
} from '../../src/platform/git/index.ts';
import { findBranch, findTag, moveRefs, NO_SHA } from '../../src/rooms/repositories/index.ts';
import { repositoryOf } from '../../src/rooms/repositories/repositories.ts';
import type { Answer, Call, Http } from './http-caller.ts';
import type { Person } from './person.ts';

/** Text by path; null removes the file. */
export type Files = Readonly<Record<string, string | null>>;

export interface CommitOptions {
  readonly branch?: string;
  readonly message?: string;
  /** A new branch begins there. Default: an unrelated history of its own. */
  readonly from?: string;
}

export interface PushOptions extends CommitOptions {
  readonly by?: Person;
  readonly options?: readonly string[];
}

const CONFIG = '.gitlab-ci.yml';

/** A project of a test, with a real repository. */
export class TestProject {
  readonly id: ProjectId;
  readonly fullPath: string;
  readonly owner: Person;
  readonly #http: Http;
  readonly #parts: Parts;

  constructor(
    deps: { readonly http: Http; readonly parts: Parts },
    project: { readonly id: ProjectId; readonly fullPath: string },
    owner: Person,
  ) {
    this.id = project.id;
    this.fullPath = project.fullPath;
    this.owner = owner;
    this.#http = deps.http;
    this.#parts = deps.parts;
  }

  get repository(): Repository {
    return repositoryOf(this.#parts.repositories, this);
  }

  /** A call below the project, as its owner unless told otherwise: `call('GET', '/pipelines')`. */
  call(method: string, path: string, call: Call = {}): Promise<Answer> {
    return this.#http(method, `/projects/${this.id}${path}`, { as: this.owner, ...call });
  }

  /** The same as nobody. */
  anonymously(method: string, path: string, call: Call = {}): Promise<Answer> {
    return this.#http(method, `/projects/${this.id}${path}`, call);
  }

  /** A commit that nobody is told of: no pipeline comes of it. Its sha. */
  async commit(files: Files | string, options: CommitOptions = {}): Promise<string> {
    const update = await this.#write(files, options);
    await updateRefs(this.repository, [update]);
    return update.new;
  }

  /** A commit that is pushed: what follows from a push has happened when this resolves. Its sha. */
  async push(files: Files | string, options: PushOptions = {}): Promise<string> {
    const update = await this.#write(files, options);
    await this.pushRefs([update], options);
    return update.new;
  }

  /** Moves any refs as a push does. */
  async pushRefs(
    updates: readonly { readonly ref: string; readonly old: string; readonly new: string }[],
    { by = this.owner, options = [] }: PushOptions = {},
  ): Promise<void> {
    const { repositories, pushes } = this.#parts;
    const push = { projectId: this.id, userId: by.user.id, pushOptions: options, viaJobToken: false };
    await moveRefs({ ...repositories, pushes }, push, updates);
  }

  /** A tag that nobody is told of, annotated where it has a message. */
  async tag(name: string, sha: string, message?: string): Promise<void> {
    await updateRefs(this.repository, [
      { ref: `refs/tags/${name}`, old: NO_SHA, new: await this.#tagged(name, sha, message) },
    ]);
  }

  async pushTag(name: string, sha: string, options: PushOptions = {}): Promise<void> {
    const to = await this.#tagged(name, sha, options.message);
    await this.pushRefs([{ ref: `refs/tags/${name}`, old: NO_SHA, new: to }], options);
  }

  /** Nobody is told of it. */
  async removeBranch(name: string): Promise<void> {
    const old = (await findBranch(this.#parts.repositories, this, name))?.sha ?? NO_SHA;
    await updateRefs(this.repository, [{ ref: `refs/heads/${name}`, old, new: NO_SHA }]);
  }

  async headOf(branch: string): Promise<string | undefined> {
    return (await findBranch(this.#parts.repositories, this, branch))?.sha;
  }

  async tagTarget(name: string): Promise<string | undefined> {
    return (await findTag(this.#parts.repositories, this, name))?.sha;
  }

  /** `POST /pipeline` on a ref, as the owner unless told otherwise. */
  async run(
    options: {
      readonly ref?: string;
      readonly as?: Person;
      readonly variables?: readonly { readonly key: string; readonly value: string }[];
    } = {},
  ): Promise<TestPipeline> {
    const { ref = 'main', as = this.owner, variables = [] } = options;
    const answer = await this.call('POST', '/pipeline', { as, json: { ref, variables } });
    return this.pipeline(answer.must(201).number('id'));
  }

  pipeline(id: number): TestPipeline {
    return new TestPipeline(this, id);
  }

  /** The newest pipeline. Throws when there is none. */
  async newestPipeline(): Promise<TestPipeline> {
    const answer = await this.call('GET', '/pipelines', { query: { per_page: '1' } });
    return this.pipeline(answer.must(200).number(0, 'id'));
  }

  /** How many pipelines there are, of whatever status. */
  async countPipelines(): Promise<number> {
    const answer = await this.call('GET', '/pipelines', { query: { per_page: '1' } });
    return Number(answer.must(200).headers.get('x-total'));
  }

  /** A trigger token of that person. */
  async addTrigger(by: Person = this.owner): Promise<string> {
    const answer = await this.call('POST', '/triggers', { as: by, form: { description: 'test' } });
    return answer.must(201).string('token');
  }

  async addMember(person: Person, accessLevel: number): Promise<void> {
    const form = { user_id: String(person.user.id), access_level: String(accessLevel) };
    (await this.call('POST', '/members', { form })).must(201);
  }

  async protect(branch: string, form: Readonly<Record<string, string>> = {}): Promise<void> {
    (await this.call('POST', '/protected_branches', { form: { name: branch, ...form } })).must(201);
  }

  /** Changes settings, as the owner. */
  async set(form: Readonly<Record<string, string>>): Promise<void> {
    (await this.call('PUT', '', { form })).must(200);
  }

  async addVariable(form: Readonly<Record<string, string>>): Promise<void> {
    (await this.call('POST', '/variables', { form })).must(201);
  }

  async #write(files: Files | string, options: CommitOptions) {
    const { branch = 'main', message = 'A change', from } = options;
    const head = (await findBranch(this.#parts.repositories, this, branch))?.sha;
    const parent = head ?? from;
    const base = parent === undefined ? undefined : await findCommit(this.repository, parent);
    const editor = new TreeEditor(this.repository, base?.treeSha);
    const blobs = [];
    for (const [path, text] of Object.entries(typeof files === 'string' ? { [CONFIG]: files } : files)) {
      if (text === null) {
        await editor.remove(path);
        continue;
      }
      const blob = newObject('blob', Buffer.from(text));
      await editor.put(path, '100644', blob.sha);
      blobs.push(blob);
    }
    const { treeSha, objects } = editor.build();
    const who = { name: this.owner.user.name, email: this.owner.user.email, at: this.#parts.clock.now() };
    const parentShas = parent === undefined ? [] : [parent];
    const commit = newCommit({ treeSha, parentShas, author: who, committer: who, message });
    await writeObjects(this.repository, [...blobs, ...objects, commit]);
    return { ref: `refs/heads/${branch}`, old: head ?? NO_SHA, new: commit.sha };
  }

  async #tagged(name: string, sha: string, message: string | undefined): Promise<string> {
    if (message === undefined) return sha;
    const tagger = { name: this.owner.user.name, email: this.owner.user.email, at: this.#parts.clock.now() };
    const tag = newTag({ name, commitSha: sha, tagger, message });
    await writeObjects(this.repository, [tag]);
    return tag.sha;
  }
}

/** A pipeline of a test, seen through the API. */
export class TestPipeline {
  readonly project: TestProject;
  readonly id: number;

  constructor(project: TestProject, id: number) {
    this.project = project;
    this.id = id;
  }

  /** A call below the pipeline, as the project's owner unless told otherwise. */
  call(method: string, path = '', call: Call = {}): Promise<Answer> {
    return this.project.call(method, `/pipelines/${this.id}${path}`, call);
  }

  async get(): Promise<Answer> {
    return (await this.call('GET')).must(200);
  }

  async status(): Promise<string> {
    return (await this.get()).string('status');
  }

  /** Its latest jobs (all attempts when asked), oldest first. */
  async jobs(options: { readonly retried?: boolean } = {}): Promise<readonly Answer[]> {
    const query = { per_page: '100', include_retried: String(options.retried ?? false) };
    return (await this.call('GET', '/jobs', { query })).must(200).rows().toReversed();
  }

  /** Status by name of the latest jobs, in the pipeline's order. */
  async statuses(): Promise<Readonly<Record<string, string>>> {
    return Object.fromEntries((await this.jobs()).map((job) => [job.string('name'), job.string('status')]));
  }

  /** The latest job of that name. */
  async job(name: string): Promise<Answer> {
    const job = (await this.jobs()).find((candidate) => candidate.at('name') === name);
    if (job === undefined) throw new Error(`pipeline ${this.id} has no job ${name}`);
    return job;
  }

  /** `POST` play, retry, cancel, … of the latest job of that name. */
  async post(name: string, action: string, call: Call = {}): Promise<Answer> {
    const id = (await this.job(name)).number('id');
    return this.project.call('POST', `/jobs/${id}/${action}`, call);
  }
}
