import { setImmediate as turn } from 'node:timers/promises';
import { type CompileMemory, compile, newCompileMemory } from '../../../ci-lang/index.ts';
import { inTime } from '../../../platform/in-time.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { Project } from '../../projects/index.ts';
import type { Pipeline } from '../pipeline.ts';
import { explanationText, sealExplanationText } from '../why/explanation.ts';
import { afterCreation, type CreatePipelineDeps } from './create-pipeline.ts';
import { type CreationSources, creationSources, once } from './creation-sources.ts';
import { type ReadyPipeline, writePipelines } from './persist.ts';
import { prepareCreation } from './prepare-creation.ts';
import type { CreatePipelineRequest } from './request.ts';

/** One of many requests for pipelines of the same project; `key` is how the caller knows it again. */
export interface RequestInBatch<Key> {
  readonly key: Key;
  readonly request: Omit<CreatePipelineRequest, 'project' | 'claim' | 'settle'>;
}

/** What the caller does in the transaction that writes pipelines. */
export interface BatchTransaction<Key> {
  /** Runs first. Answers those that were not served before; nothing is written for the others. */
  readonly claim: (tx: Tx, keys: readonly Key[]) => Promise<ReadonlySet<Key>>;
  /** Runs last. */
  readonly settle: (tx: Tx, made: readonly MadeInBatch<Key>[]) => Promise<void>;
}

export interface MadeInBatch<Key> {
  readonly key: Key;
  readonly pipeline: Pipeline;
}

export interface BatchResult<Key> {
  readonly made: readonly Key[];
  /** Nothing was done for these: they end in a refusal or have to wait for something. To be given to `createPipeline`. */
  readonly left: readonly Key[];
}

/** Milliseconds. A configuration that takes longer to gather must not keep the other pipelines waiting. */
const GATHER_WITHIN = 250;
/** So many of those, and the rest is not tried. */
const MOST_LATE = 4;
/** Jobs that are written in one transaction, if they are of several pipelines: it holds up others of the project. */
const MOST_JOBS = 500;

/**
 * Many pipelines of one project at once, for a fraction of the work: what they have in common is read once, and they are
 * written in one transaction (or a few, where there are many jobs). Each is as `createPipeline` would make it. Throws when a
 * transaction fails; what earlier ones wrote stays, and is known to the caller's `claim`.
 */
export const createPipelines = async <Key>(
  deps: CreatePipelineDeps,
  project: Project,
  requests: readonly RequestInBatch<Key>[],
  transaction: BatchTransaction<Key>,
): Promise<BatchResult<Key>> => {
  const sources = creationSources(deps, project);
  const memory = newCompileMemory();
  // Most end in the same explanation, and to compress it takes longer than to compile the pipeline.
  const seal = once((explanation: string) =>
    sealExplanationText(deps.vault, explanation, 'pipeline_explanations.explanation'),
  );
  const made: Key[] = [];
  const left: Key[] = [];
  let late = 0;
  let ready: Ready<Key>[] = [];
  const write = async (): Promise<void> => {
    const written = await writeReady(deps, project, ready, transaction);
    made.push(...written.map(({ key }) => key));
    ready = [];
  };
  for (const { key, request } of requests) {
    const work = () => makeReady(deps, { ...request, project }, { sources, seal, memory });
    const one = late < MOST_LATE ? await inTime(GATHER_WITHIN, work()) : undefined;
    if (one === 'late') late += 1;
    if (one === 'late' || one === undefined) {
      left.push(key);
      continue;
    }
    if (countJobs(ready) + one.compiled.jobs.length > MOST_JOBS) await write();
    ready.push({ ...one, key });
    // Requests of the API keep their turn.
    await turn();
  }
  await write();
  return { made, left };
};

const countJobs = (ready: readonly ReadyPipeline[]): number =>
  ready.reduce((sum, { compiled }) => sum + compiled.jobs.length, 0);

const writeReady = async <Key>(
  deps: CreatePipelineDeps,
  project: Project,
  ready: readonly Ready<Key>[],
  transaction: BatchTransaction<Key>,
): Promise<readonly MadeInBatch<Key>[]> => {
  if (ready.length === 0) return [];
  const made = await deps.db.transaction().execute(async (tx) => {
    const keys = ready.map(({ key }) => key);
    const unserved = await transaction.claim(tx, keys);
    const claimed = ready.filter(({ key }) => unserved.has(key));
    if (claimed.length === 0) return [];
    const pipelines = await writePipelines(deps, tx, project.id, claimed);
    const written = claimed.flatMap(({ key }, index) => {
      const pipeline = pipelines[index];
      return pipeline === undefined ? [] : [{ key, pipeline }];
    });
    await transaction.settle(tx, written);
    return written;
  });
  const pipelines = made.map(({ pipeline }) => pipeline);
  if (pipelines.length > 0) deps.later(() => afterCreation(deps, project, pipelines));
  return made;
};

interface Ready<Key> extends ReadyPipeline {
  readonly key: Key;
}

/** Of the pipelines of one batch. */
interface InCommon {
  readonly sources: CreationSources;
  readonly seal: (explanation: string) => Promise<Buffer>;
  readonly memory: CompileMemory;
}

/** Undefined: it is refused or skipped, or there is an outage, which whoever makes it alone will meet again. */
const makeReady = async (
  deps: CreatePipelineDeps,
  request: CreatePipelineRequest,
  { sources, seal, memory }: InCommon,
): Promise<ReadyPipeline | undefined> => {
  try {
    const prepared = await prepareCreation(deps, request, sources);
    if (prepared.kind !== 'prepared') return undefined;
    const result = await compile({ ...prepared.input, purpose: 'create', memory }, prepared.host);
    if (result.kind !== 'compiled') return undefined;
    const warnings = result.warnings.map((warning) => warning.message);
    const explanation = await seal(explanationText({ reasons: [], trace: result.trace }));
    return { draft: { ...prepared.draft, warnings }, compiled: result.pipeline, explanation };
  } catch {
    return undefined;
  }
};
