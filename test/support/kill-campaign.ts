import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PenstockProcess } from './penstock-process.ts';
import { RestClient } from './rest-client.ts';
import type { ScenarioJob } from './scenario.ts';
import { jobsOf, makeProject, makeTriggerToken, traceOf, triggerPipeline, untilPipelineIsOver } from './scenario.ts';
import { until } from './until.ts';

/** Lines that each job prints. */
export const LINES = 60;

const JOBS = [
  ['build-a', 'build'],
  ['build-b', 'build'],
  ['test-a', 'test'],
  ['test-b', 'test'],
  ['deploy', 'deploy'],
] as const;

/** Each job leaves a mark outside of its checkout when it starts and prints numbered lines: both tell what really ran. */
const CONFIG = [
  'stages: [build, test, deploy]',
  ...JOBS.flatMap(([name, stage]) => [
    `${name}:`,
    `  stage: ${stage}`,
    '  script:',
    '    - echo "$CI_JOB_ID" >> "$MARKS/$CI_JOB_NAME"',
    `    - for i in $(seq 1 ${LINES}); do echo "line-$i-of-${LINES}"; sleep 0.005; done`,
  ]),
  '',
].join('\n');

/** A state of the pipeline at which the power goes. */
export interface Moment {
  readonly name: string;
  readonly reached: (jobs: readonly ScenarioJob[], linesOf: (name: string) => Promise<number>) => Promise<boolean>;
}

const statusOf = (jobs: readonly ScenarioJob[], name: string): string | undefined =>
  jobs.find((job) => job.name === name)?.status;

const whenStatus = (name: string, status: string): Moment => ({
  name: `${name} is ${status}`,
  reached: async (jobs) => statusOf(jobs, name) === status,
});

const whenLines = (name: string, lines: number): Moment => ({
  name: `${name} has written ${lines} lines`,
  reached: async (_jobs, linesOf) => (await linesOf(name)) >= lines,
});

export const MOMENTS: readonly Moment[] = [
  { name: 'at once after the 201', reached: async () => true },
  { name: 'build-a is no longer pending', reached: async (jobs) => statusOf(jobs, 'build-a') !== 'pending' },
  whenLines('build-a', 1),
  whenLines('build-a', 30),
  whenStatus('build-a', 'success'),
  { name: 'test-a may start', reached: async (jobs) => !['created', undefined].includes(statusOf(jobs, 'test-a')) },
  whenLines('test-b', 20),
  whenStatus('test-b', 'success'),
  whenStatus('deploy', 'running'),
  whenLines('deploy', 50),
];

/** What a pipeline left behind. */
export interface KillOutcome {
  readonly status: string;
  /** Every attempt, older ones too. */
  readonly jobs: readonly ScenarioJob[];
  /** Ids of the jobs that really ran, by name, in the order of their start. */
  readonly ran: Readonly<Record<string, readonly number[]>>;
  /** Numbers of the lines in the log of each latest job, in the order in which they stand. */
  readonly lines: Readonly<Record<string, readonly number[]>>;
}

/** Runs pipelines on one server and breaks something in the middle of each. */
export class KillCampaign {
  readonly #server: PenstockProcess;
  readonly #rest: RestClient;
  readonly #marks: string;
  #project = 0;
  #token = '';

  constructor(server: PenstockProcess) {
    this.#server = server;
    this.#rest = new RestClient(server.api, server.rootToken);
    this.#marks = join(server.dataDir, 'marks');
  }

  async prepare(): Promise<void> {
    this.#project = await makeProject(this.#rest, 'killed', { '.gitlab-ci.yml': CONFIG });
    this.#token = await makeTriggerToken(this.#rest, this.#project);
  }

  /** Triggers, waits for the moment, lets `harm` happen (which must bring everything back), waits for the end. */
  async run(moment: Moment, harm: () => Promise<void>): Promise<KillOutcome> {
    rmSync(this.#marks, { recursive: true, force: true });
    mkdirSync(this.#marks);
    const pipeline = await triggerPipeline(this.#rest, this.#project, this.#token, { MARKS: this.#marks });
    await until(
      async () =>
        moment.reached(await jobsOf(this.#rest, this.#project, pipeline), (name) => this.#countLines(pipeline, name)),
      moment.name,
    );
    await harm();
    return this.outcome(pipeline);
  }

  async outcome(pipeline: number): Promise<KillOutcome> {
    const status = await untilPipelineIsOver(this.#rest, this.#project, pipeline, 90_000);
    const jobs = await jobsOf(this.#rest, this.#project, pipeline, { includeRetried: true });
    const latest = await jobsOf(this.#rest, this.#project, pipeline);
    const lines = await Promise.all(
      latest.map(async (job) => [job.name, linesIn(await traceOf(this.#rest, this.#project, job.id))] as const),
    );
    return {
      status,
      jobs,
      ran: Object.fromEntries(JOBS.map(([name]) => [name, this.#ran(name)])),
      lines: Object.fromEntries(lines),
    };
  }

  /** Retries the pipeline of these jobs and waits for its end. */
  async retry(outcome: KillOutcome): Promise<KillOutcome> {
    const { body } = await this.#rest.get<{ readonly pipeline: { readonly id: number } }>(
      `/projects/${this.#project}/jobs/${outcome.jobs[0]?.id ?? 0}`,
    );
    await this.#rest.post(`/projects/${this.#project}/pipelines/${body.pipeline.id}/retry`);
    return this.outcome(body.pipeline.id);
  }

  get server(): PenstockProcess {
    return this.#server;
  }

  async #countLines(pipeline: number, name: string): Promise<number> {
    const jobs = await jobsOf(this.#rest, this.#project, pipeline);
    const job = jobs.find((candidate) => candidate.name === name);
    if (job === undefined || ['created', 'pending', 'skipped'].includes(job.status)) return 0;
    return linesIn(await traceOf(this.#rest, this.#project, job.id)).length;
  }

  #ran(name: string): readonly number[] {
    try {
      return readFileSync(join(this.#marks, name), 'utf8').trim().split('\n').map(Number);
    } catch {
      return [];
    }
  }
}

const linesIn = (trace: string): readonly number[] =>
  [...trace.matchAll(/^line-(\d+)-of-\d+\r?$/gm)].map((match) => Number(match[1]));

/** 1 to `LINES`, each once, in order: a log without a hole. */
export const WHOLE_LOG: readonly number[] = Array.from({ length: LINES }, (_, index) => index + 1);
