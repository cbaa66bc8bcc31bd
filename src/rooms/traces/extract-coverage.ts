import { setImmediate as turn } from 'node:timers/promises';
import type { Job } from '../pipelines/index.ts';
import type { FindCoverage } from './coverage.ts';
import { coverageFinder } from './coverage.ts';
import type { ReadTraceDeps } from './read-trace.ts';
import { findTraceSize, pieces } from './read-trace.ts';
import { stripTimestamps } from './strip-timestamps.ts';

/** Bytes at the end of the log that are searched. Summaries stand at the end. */
const SEARCHED = 4 * 1024 * 1024;
/** Bytes searched before other requests get their turn. */
const STEP = 128 * 1024;
const NEWLINE = 0x0a;

/** The percentage that a job's log shows by its `coverage:` expression; undefined without an expression or a match. */
export async function extractCoverage(deps: ReadTraceDeps, job: Job): Promise<number | undefined> {
  const find = job.coverageRegex === null ? undefined : coverageFinder(job.coverageRegex);
  if (find === undefined) return undefined;
  const size = await findTraceSize(deps.db, job.id);
  const least = Math.max(0, size - SEARCHED);
  // Backwards. What stands before the first newline of a step is the end of a line that begins in the step before it.
  let endOfLine = Buffer.alloc(0);
  for (let end = size; end > least; end -= STEP) {
    const start = Math.max(least, end - STEP);
    const bytes = Buffer.concat([await collect(deps, job, start, end), endOfLine]);
    const newline = bytes.indexOf(NEWLINE);
    const whole = start === least ? bytes : bytes.subarray(newline === -1 ? bytes.length : newline + 1);
    const found = search(find, whole);
    if (found !== undefined) return found;
    endOfLine = Buffer.from(bytes.subarray(0, Math.min(bytes.length - whole.length, STEP)));
    await turn();
  }
  return undefined;
}

const search = (find: FindCoverage, bytes: Buffer): number | undefined =>
  find(stripTimestamps(bytes.toString('utf8').split(/\r?\n/)));

async function collect(deps: ReadTraceDeps, job: Job, start: number, end: number): Promise<Buffer> {
  const found: Buffer[] = [];
  for await (const piece of pieces(deps, job.id, { start, end })) found.push(piece);
  return Buffer.concat(found);
}
