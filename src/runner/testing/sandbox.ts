import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JobPayload, JobStep, JobVariable } from '../../wire/runner-protocol.ts';
import { type RunnerOptions, runRunner } from '../run.ts';
import { silentLog } from '../runner-log.ts';
import { FakeServer, type SeenJob } from './fake-server.ts';

export const TOKEN = 'glrt-t1_runnertoken0000000001';
export const JOB_TOKEN = 'glcbt-64_jobtokenjobtoken01';

/** A fake server, a runner that polls it, and a folder for both; `close` ends all. */
export class Sandbox {
  readonly server = new FakeServer();
  readonly folder: string;
  #stop = new AbortController();
  #drain = new AbortController();
  #runner: Promise<void> = Promise.resolve();
  #nextId = 1;

  private constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'penstock-runner-'));
    chmodSync(this.folder, 0o711);
    mkdirSync(join(this.folder, 'home'));
  }

  /** Only the server and the folder. */
  static async withoutRunner(): Promise<Sandbox> {
    const sandbox = new Sandbox();
    await sandbox.server.open();
    return sandbox;
  }

  static async open(options: Partial<RunnerOptions> = {}): Promise<Sandbox> {
    const sandbox = await Sandbox.withoutRunner();
    sandbox.startRunner(options);
    return sandbox;
  }

  /** Starts the runner, again after `stopRunner`. */
  startRunner(options: Partial<RunnerOptions> = {}): void {
    this.#stop = new AbortController();
    this.#drain = new AbortController();
    this.#runner = runRunner({
      url: this.server.url,
      token: TOKEN,
      concurrency: 2,
      stateDir: this.stateDir,
      log: silentLog,
      signal: this.#stop.signal,
      drain: this.#drain.signal,
      environment: { PATH: process.env['PATH'], HOME: join(this.folder, 'home'), SECRET_OF_SERVER: 'never' },
      grace: 2000,
      ...options,
      timing: { keepAlive: 100, ...options.timing },
    });
  }

  get stateDir(): string {
    return join(this.folder, 'state');
  }

  /** Ends the runner by its signal and waits for its end. */
  async stopRunner(): Promise<void> {
    this.#stop.abort();
    await this.#runner;
  }

  /** Lets running jobs finish and takes no more. */
  async drainRunner(): Promise<void> {
    this.#drain.abort();
    await this.#runner;
  }

  async close(): Promise<void> {
    await this.stopRunner();
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Queues a job without sources, unless `change` gives some. */
  enqueue(script: readonly string[], change: Partial<JobPayload> = {}): SeenJob {
    const id = this.#nextId;
    this.#nextId += 1;
    return this.server.enqueue({
      id,
      token: JOB_TOKEN,
      allow_git_fetch: true,
      job_info: { name: `job-${id}`, stage: 'test', project_id: 7, project_name: 'app' },
      git_info: {
        repo_url: `http://gitlab-ci-token:${JOB_TOKEN}@127.0.0.1:1/group/app.git`,
        ref: 'main',
        sha: '0'.repeat(40),
        refspecs: [],
        depth: 0,
      },
      runner_info: { timeout: 60 },
      steps: [step('script', script)],
      features: { trace_sections: true },
      ...change,
      variables: [
        ...(change.git_info === undefined ? [variable('GIT_STRATEGY', 'empty')] : []),
        ...(change.variables ?? []),
      ],
    });
  }

  /** Makes a bare repository served as `/<name>.git`, with these files in one commit on main. */
  repository(name: string, files: Readonly<Record<string, string>>): TestRepository {
    const repositories = join(this.folder, 'repositories');
    const bare = join(repositories, `${name}.git`);
    const work = join(this.folder, 'work', name);
    mkdirSync(bare, { recursive: true });
    mkdirSync(work, { recursive: true });
    this.server.serveRepositories(repositories);
    const repository = new TestRepository(work);
    repository.git('init', '-q', '--bare', '-b', 'main', bare);
    repository.git('init', '-q', '-b', 'main');
    repository.git('remote', 'add', 'origin', bare);
    repository.commit(files);
    return repository;
  }

  /** The `git_info` for a job on that repository's present commit. */
  gitInfo(
    name: string,
    repository: TestRepository,
    change: Partial<JobPayload['git_info']> = {},
  ): JobPayload['git_info'] {
    const { host } = new URL(this.server.url);
    return {
      repo_url: `http://gitlab-ci-token:${JOB_TOKEN}@${host}/${name}.git`,
      ref: 'main',
      sha: repository.head(),
      refspecs: ['+refs/heads/main:refs/remotes/origin/main'],
      depth: 0,
      ...change,
    };
  }
}

export class TestRepository {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  git(...args: readonly string[]): string {
    const env = {
      PATH: process.env['PATH'],
      HOME: this.folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Ann',
      GIT_AUTHOR_EMAIL: 'ann@example.com',
      GIT_COMMITTER_NAME: 'Ann',
      GIT_COMMITTER_EMAIL: 'ann@example.com',
    };
    return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd: this.folder,
      env,
      encoding: 'utf8',
    });
  }

  commit(files: Readonly<Record<string, string>>): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), content);
    }
    this.git('add', '-A');
    this.git('commit', '-q', '-m', 'change');
    this.git('push', '-q', 'origin', 'HEAD:main');
  }

  head(): string {
    return this.git('rev-parse', 'HEAD').trim();
  }
}

export const variable = (key: string, value: string, flags: Partial<JobVariable> = {}): JobVariable => ({
  key,
  value,
  public: true,
  masked: false,
  ...flags,
});

export const step = (name: string, script: readonly string[]): JobStep => ({ name, script });

/** The log without colours and section markers. */
export const plainLog = (job: SeenJob): string =>
  job.log
    .toString('utf8')
    .replaceAll(/section_(?:start|end):\d+:[^\r]*\r/g, '')
    .replaceAll(/\u001b\[[0-9;]*[mK]/g, '');
