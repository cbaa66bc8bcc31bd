import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Status } from '../wire/statuses.ts';
import { FINISHED, isActive, isCompleted } from '../wire/statuses.ts';
import { ALLOWED } from './allowed.ts';
import { compositeStatus } from './composite.ts';
import { processPipeline } from './process.ts';
import type { SimulatedJob } from './simulation.ts';
import { PipelineSimulation } from './simulation.ts';
import type { JobCommand, JobState } from './types.ts';

const STAGES = ['s0', 's1', 's2', 's3'];

/** Pipelines of up to ten jobs; needs point to any job of the same or an earlier stage that was made before. */
const pipelines: fc.Arbitrary<readonly SimulatedJob[]> = fc
  .array(
    fc.record({
      stage: fc.nat(STAGES.length - 1),
      when: fc.constantFrom('on_success', 'on_success', 'on_failure', 'always', 'manual', 'delayed'),
      allowFailure: fc.boolean(),
      needs: fc.option(fc.array(fc.nat(9), { maxLength: 3 }), { nil: undefined, freq: 3 }),
      retryMax: fc.constantFrom(0, 0, 1, 2),
      isBridge: fc.boolean(),
      hasResourceGroup: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((jobs) => {
    const sorted = jobs.toSorted((a, b) => a.stage - b.stage);
    return sorted.map(({ stage, needs, retryMax, ...job }, index) => ({
      ...job,
      name: `j${index}`,
      stage: `s${stage}`,
      startIn: 5,
      retry: retryMax === 0 ? null : { max: retryMax, when: [], exitCodes: [] },
      ...(needs === undefined ? {} : { needs: needs.filter((need) => need < index).map((need) => `j${need}`) }),
    }));
  });

const COMMANDS: readonly JobCommand[] = [
  { type: 'run', timeout: 60 },
  { type: 'run', timeout: 60 },
  { type: 'success' },
  { type: 'success' },
  { type: 'drop', reason: 'script_failure', exitCode: 1, retriedCount: 0 },
  { type: 'drop', reason: 'scheduler_failure', exitCode: null, retriedCount: 0 },
  { type: 'cancel', graceful: true },
  { type: 'cancel', graceful: false },
  { type: 'force_cancel' },
  { type: 'enqueue_scheduled' },
  { type: 'enqueue_waiting_for_resource' },
  { type: 'unschedule' },
  { type: 'requeue' },
];

type Action =
  | { readonly type: 'command'; readonly job: number; readonly command: JobCommand }
  | { readonly type: 'play' | 'retry'; readonly job: number }
  | { readonly type: 'retry_pipeline' | 'cancel_pipeline' | 'wait' };

const actions: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constant('command'), job: fc.nat(9), command: fc.constantFrom(...COMMANDS) }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('play', 'retry'), job: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('retry_pipeline', 'cancel_pipeline', 'wait') }) },
);

const act = (pipeline: PipelineSimulation, jobCount: number, action: Action): void => {
  const name = (index: number): string => `j${index % jobCount}`;
  switch (action.type) {
    case 'command': {
      const { command } = action;
      const job = pipeline.job(name(action.job));
      const tooEarly =
        command.type === 'enqueue_scheduled' && (job.scheduledAt?.getTime() ?? 0) > pipeline.now.getTime();
      if (tooEarly || !ALLOWED[command.type].some((from) => from === job.status)) return;
      if (command.type === 'drop') pipeline.drop(job.name);
      else pipeline.send(job.name, command);
      return;
    }
    case 'play':
      pipeline.play(name(action.job));
      return;
    case 'retry':
      pipeline.retry(name(action.job));
      return;
    case 'retry_pipeline':
      pipeline.retryPipeline();
      return;
    case 'cancel_pipeline':
      pipeline.cancelPipeline({ graceful: true });
      return;
    case 'wait':
      pipeline.wait(10);
  }
};

const isFinished = (status: Status): boolean => FINISHED.some((finished) => finished === status);

const latest = (pipeline: PipelineSimulation): readonly JobState[] =>
  pipeline.snapshot.jobs.filter((job) => !job.retried);

/** What holds after every step. */
const check = (pipeline: PipelineSimulation): void => {
  const { snapshot } = pipeline;
  const jobs = latest(pipeline);
  expect(new Set(jobs.map((job) => job.name)).size).toBe(jobs.length);

  // Composite agrees with the jobs; `created` leaves what was there.
  for (const stage of snapshot.stages) {
    const composite = compositeStatus(jobs.filter((job) => job.stageIndex === stage.position));
    if (composite !== 'created') expect(stage.status).toBe(composite);
  }
  const composite = compositeStatus(jobs);
  const { status, startedAt, finishedAt } = snapshot.pipeline;
  if (composite === 'pending') expect(['pending', 'running']).toContain(status);
  else if (composite !== 'created') expect(status).toBe(composite);

  expect(finishedAt !== null).toBe(isFinished(status));
  if (status === 'running') expect(startedAt).not.toBeNull();
  for (const job of jobs) {
    if (isFinished(job.status)) expect(job.finishedAt).not.toBeNull();
    if (job.status === 'running') expect(job.startedAt).not.toBeNull();
    if (job.status === 'pending') expect(job.queuedAt).not.toBeNull();
    expect(job.scheduledAt !== null).toBe(job.status === 'scheduled');
  }

  // Settled, in whatever order the rows are read.
  const nothing = { jobs: [], stages: [], pipeline: null };
  expect(processPipeline(snapshot, pipeline.now)).toEqual(nothing);
  expect(processPipeline({ ...snapshot, jobs: snapshot.jobs.toReversed() }, pipeline.now)).toEqual(nothing);
};

/** Every job row's history obeys the table, and what has ended stays ended unless it was skipped. */
const checkMoves = (pipeline: PipelineSimulation): void => {
  const status = new Map<number, Status>(pipeline.snapshot.jobs.map((job) => [job.id, 'created']));
  for (const move of pipeline.moves) {
    expect(move.from).toBe(status.get(move.id));
    expect(ALLOWED[move.command]).toContain(move.from);
    if (isCompleted(move.from)) expect([move.from, move.command]).toEqual(['skipped', 'process']);
    status.set(move.id, move.to);
  }
  for (const job of pipeline.snapshot.jobs) expect(job.status).toBe(status.get(job.id));
};

/** Runners, clock and people do their work until nothing is left. */
const finish = (pipeline: PipelineSimulation): void => {
  const bound = latest(pipeline).length + 1;
  for (let step = 0; step < bound; step += 1) {
    const open = latest(pipeline).find((job) => !isCompleted(job.status) && !isOptional(job));
    if (open === undefined) return;
    pipeline.wait(10);
    // Somebody can always do something: no job waits for nothing.
    const next = latest(pipeline).find(
      (job) => isActive(job.status) || (['canceling', 'scheduled', 'manual'].includes(job.status) && !isOptional(job)),
    );
    if (next === undefined) throw new Error(`stuck: ${pipeline.picture}`);
    if (next.status === 'manual') pipeline.play(next.name);
    if (next.status === 'scheduled') pipeline.send(next.name, { type: 'enqueue_scheduled' });
    pipeline.success(next.name);
  }
};

const isOptional = (job: JobState): boolean => job.status === 'manual' && job.allowFailure;

it('any pipeline under any events keeps to the rules, and always ends', () => {
  fc.assert(
    fc.property(pipelines, fc.array(actions, { maxLength: 40 }), (jobs, steps) => {
      const pipeline = new PipelineSimulation(STAGES, jobs);
      check(pipeline);
      for (const step of steps) {
        act(pipeline, jobs.length, step);
        check(pipeline);
      }
      finish(pipeline);
      check(pipeline);
      checkMoves(pipeline);
      expect(isCompleted(pipeline.snapshot.pipeline.status), pipeline.picture).toBe(true);
    }),
    { numRuns: 300 },
  );
});

it('a canceled pipeline is over once its runners have reported', () => {
  fc.assert(
    fc.property(pipelines, fc.array(actions, { maxLength: 20 }), (jobs, steps) => {
      const pipeline = new PipelineSimulation(STAGES, jobs);
      for (const step of steps) act(pipeline, jobs.length, step);
      pipeline.cancelPipeline({ graceful: true });
      for (const job of latest(pipeline)) {
        if (job.status === 'canceling') pipeline.drop(job.name);
      }
      expect(
        latest(pipeline).every((job) => isCompleted(job.status)),
        pipeline.picture,
      ).toBe(true);
      check(pipeline);
    }),
    { numRuns: 200 },
  );
});

it('processing does not depend on the order of the rows', () => {
  fc.assert(
    fc.property(pipelines, fc.array(actions, { maxLength: 20 }), fc.infiniteStream(fc.nat()), (jobs, steps, dice) => {
      const pipeline = new PipelineSimulation(STAGES, jobs);
      for (const step of steps) act(pipeline, jobs.length, step);
      // As if all of it were still undecided.
      const fresh = pipeline.snapshot.jobs.map(
        (job): JobState => (isActive(job.status) || job.status === 'skipped' ? { ...job, status: 'created' } : job),
      );
      const shuffled = fresh.map((job) => ({ job, key: dice.next().value })).toSorted((a, b) => a.key - b.key);
      const statuses = (rows: readonly JobState[]) => {
        const {
          jobs: moves,
          stages,
          pipeline: move,
        } = processPipeline({ ...pipeline.snapshot, jobs: rows }, pipeline.now);
        return { moves: moves.map(({ id, to }) => `${id} ${to}`).toSorted(), stages, to: move?.to };
      };
      expect(statuses(shuffled.map(({ job }) => job))).toEqual(statuses(fresh));
    }),
    { numRuns: 200 },
  );
});
