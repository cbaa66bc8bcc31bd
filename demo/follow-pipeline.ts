import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './api-client.ts';

export interface DemoJob {
  readonly id: number;
  readonly name: string;
  readonly stage: string;
  readonly status: string;
  readonly duration: number | null;
  readonly allow_failure: boolean;
}

export interface FollowedPipeline {
  readonly status: string;
  /** In the order in which they were created. */
  readonly jobs: readonly DemoJob[];
}

const OVER = ['success', 'failed', 'canceled', 'skipped', 'manual'];
/** Milliseconds between two looks. */
const LOOK_EVERY = 150;
/** Milliseconds after which the demo gives up. */
const PATIENCE = 90_000;

/** Prints what jobs write while they run, each line behind the job's name, until the pipeline is over. */
export async function followPipeline(
  api: ApiClient,
  project: number,
  pipeline: number,
  print: (line: string) => void,
): Promise<FollowedPipeline> {
  const shown = new Map<number, number>();
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const { status } = await api.get<{ readonly status: string }>(`/projects/${project}/pipelines/${pipeline}`);
    const newest = await api.get<readonly DemoJob[]>(`/projects/${project}/pipelines/${pipeline}/jobs?per_page=100`);
    const jobs = newest.toReversed();
    for (const job of jobs) await showNews(api, project, job, shown, print);
    if (OVER.includes(status)) return { status, jobs };
    if (performance.now() > deadline) throw new Error(`pipeline ${pipeline} is still ${status} after ${PATIENCE} ms`);
    await sleep(LOOK_EVERY);
  }
}

async function showNews(
  api: ApiClient,
  project: number,
  job: DemoJob,
  shown: Map<number, number>,
  print: (line: string) => void,
): Promise<void> {
  if (['created', 'pending', 'skipped', 'manual'].includes(job.status)) return;
  const lines = readable(await api.text(`/projects/${project}/jobs/${job.id}/trace`));
  const done = shown.get(job.id) ?? 0;
  // The last line may not be whole yet.
  const until = OVER.includes(job.status) ? lines.length : Math.max(done, lines.length - 1);
  for (const line of lines.slice(done, until)) print(`${job.name.padEnd(14)} | ${line}`);
  shown.set(job.id, until);
}

/** The log without section marks, colours and blank lines. */
const readable = (trace: string): readonly string[] =>
  trace
    .replaceAll(/section_(?:start|end):[^\r]*\r/g, '')
    .replaceAll(/\u001B\[[\d;]*[A-Za-z]/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
