import { type JobUpdateBody, TRACE_CHUNK_BYTES } from '../../wire/runner-protocol.ts';
import type { Coordinator, JobKey, JobNews } from '../api/coordinator.ts';
import { Backoff, delay } from '../delay.ts';
import type { RunnerLog } from '../runner-log.ts';
import type { TraceBuffer } from './trace-buffer.ts';

/** How a job ended, in the words of the final PUT. */
export type JobReport = Pick<JobUpdateBody, 'state' | 'failure_reason' | 'exit_code'>;

/** `unwanted`: the server refused it for good. `undelivered`: there was no server, another try later may succeed. */
export type Delivery = 'delivered' | 'unwanted' | 'undelivered';

export interface TraceTiming {
  /** First pause between two PATCHes, in milliseconds; grows while output keeps coming. */
  readonly firstPause: number;
  /** Longest pause between two PATCHes in milliseconds while the server has not asked for another. */
  readonly pause: number;
  /** Milliseconds without any call after which a keep-alive PUT asks for news (a cancel). */
  readonly keepAlive: number;
  /** Milliseconds for which the final report is repeated while the server is away. */
  readonly reportFor: number;
}

export const TRACE_TIMING: TraceTiming = { firstPause: 25, pause: 1000, keepAlive: 2000, reportFor: 3_600_000 };

/** What came of one call. `wait`: milliseconds that the server asked for. */
type Step =
  | { readonly kind: 'done' | 'missing' | 'resend' }
  | { readonly kind: 'failed'; readonly wait: number | undefined; readonly isRefusal: boolean };

/** Never slower than this, whatever the server asks: somebody may open the page at any moment. */
const SLOWEST_PAUSE_MS = 3000;
const RESENDS = 3;
/** Tries of a result that the server refuses; an outage is waited for instead. gitlab-runner: 10 for both. */
const REFUSALS = 10;

export interface TraceListener {
  /** The server wants the script stopped and after_script run. */
  onCanceling(): void;
  /** The job is over for the server (canceled, failed, token dead). */
  onAbort(): void;
}

/**
 * Sends one job's log while it grows, and its result in the end. It knows only offsets: after an outage the server
 * says by 416 where it stands and sending goes on from there, so the log has no hole.
 */
export class TraceSender {
  readonly #coordinator: Coordinator;
  readonly #job: JobKey;
  readonly #trace: TraceBuffer;
  readonly #listener: TraceListener;
  readonly #log: RunnerLog;
  readonly #timing: TraceTiming;
  readonly #isDebug: boolean;
  readonly #stop = new AbortController();
  #wake: () => void = () => {};
  #sent = 0;
  #lastCall = performance.now();
  #interval: number | undefined;
  #isAborted = false;
  #isCanceling = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(
    coordinator: Coordinator,
    job: JobKey,
    trace: TraceBuffer,
    listener: TraceListener,
    options: { readonly log: RunnerLog; readonly timing: TraceTiming; readonly isDebug: boolean },
  ) {
    this.#coordinator = coordinator;
    this.#job = job;
    this.#trace = trace;
    this.#listener = listener;
    this.#log = options.log;
    this.#timing = options.timing;
    this.#isDebug = options.isDebug;
    trace.onAppend(() => this.#wake());
  }

  start(): void {
    this.#loop = this.#run();
  }

  /**
   * Sends the rest of the log, then the result, again and again until the server takes it or `giveUp` aborts.
   */
  async finish(report: JobReport, giveUp: AbortSignal): Promise<Delivery> {
    this.#stop.abort();
    this.#wake();
    await this.#loop;
    const deadline = performance.now() + this.#timing.reportFor;
    const backoff = new Backoff(100, 1000);
    let resends = 0;
    let refusals = 0;
    for (;;) {
      const flushed = await this.#flush(giveUp);
      const step = flushed.kind === 'failed' ? flushed : await this.#report(report);
      if (step.kind === 'done') return this.#isAborted ? 'unwanted' : 'delivered';
      if (step.kind === 'resend') {
        resends += 1;
        this.#sent = 0;
      }
      if (step.kind === 'failed' && step.isRefusal) refusals += 1;
      const isHopeless = resends > RESENDS || refusals > REFUSALS;
      if (giveUp.aborted || performance.now() > deadline || isHopeless) {
        this.#log.error('job result not delivered', { job: this.#job.id });
        return isHopeless ? 'unwanted' : 'undelivered';
      }
      if (step.kind === 'failed') await delay(step.wait ?? backoff.next(), giveUp);
    }
  }

  async #run(): Promise<void> {
    const backoff = new Backoff(100, 1000);
    let pause = this.#timing.firstPause;
    while (!this.#stop.signal.aborted && !this.#isAborted) {
      if (this.#trace.size === this.#sent) {
        if (!(await this.#idle())) pause = this.#timing.firstPause;
        continue;
      }
      const step = await this.#patch();
      if (step.kind !== 'done') {
        const asked = step.kind === 'failed' ? step.wait : undefined;
        await delay(asked ?? backoff.next(), this.#stop.signal);
        continue;
      }
      backoff.reset();
      if (this.#trace.size - this.#sent < TRACE_CHUNK_BYTES) await delay(pause, this.#stop.signal);
      pause = Math.min(this.#longestPause(), pause * 1.5);
    }
  }

  /** Waits for output; true when some came at once. Keeps the job alive, and listens for a cancel, meanwhile. */
  async #idle(): Promise<boolean> {
    const due = this.#lastCall + this.#timing.keepAlive - performance.now();
    if (due <= 0) {
      await this.#keepAlive();
      return false;
    }
    const since = performance.now();
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await delay(due, AbortSignal.any([woken.signal, this.#stop.signal]));
    this.#wake = () => {};
    return performance.now() - since < this.#longestPause();
  }

  #longestPause(): number {
    if (this.#interval === undefined) return this.#timing.pause;
    // A third of what the server asks for: it counts in whole seconds, people watch in less.
    return Math.min(SLOWEST_PAUSE_MS, (this.#interval * 1000) / 3);
  }

  async #keepAlive(): Promise<void> {
    this.#lastCall = performance.now();
    const output = { checksum: this.#trace.checksum, bytesize: this.#trace.size };
    const update = { state: 'running', checksum: output.checksum, output } as const;
    const outcome = await this.#coordinator.updateJob(this.#job, update);
    this.#hear(outcome);
    if (outcome.kind === 'abort' || outcome.kind === 'missing') this.#abort();
  }

  /** Sends the next chunk. */
  async #patch(): Promise<Step> {
    this.#lastCall = performance.now();
    const bytes = this.#trace.slice(this.#sent, TRACE_CHUNK_BYTES);
    const outcome = await this.#coordinator.patchTrace(this.#job, this.#sent, bytes, this.#isDebug);
    this.#hear(outcome);
    switch (outcome.kind) {
      case 'ok':
        this.#sent += bytes.length;
        return { kind: 'done' };
      case 'abort':
        this.#abort();
        return { kind: 'done' };
      case 'missing':
        return { kind: 'missing' };
      case 'rewind': {
        const before = this.#sent;
        this.#sent = Math.min(outcome.offset, this.#trace.size);
        // The same place again means that the server cannot take this chunk: do not hammer it.
        return this.#sent === before ? { kind: 'failed', wait: undefined, isRefusal: true } : { kind: 'done' };
      }
      case 'failed':
        this.#log.warn('log not taken', { job: this.#job.id, error: outcome.error });
        return { kind: 'failed', wait: outcome.wait, isRefusal: outcome.isRefusal };
    }
  }

  /** Sends all that is left. A log that the server does not know (404) is given up; the result still counts. */
  async #flush(giveUp: AbortSignal): Promise<Step> {
    while (this.#sent < this.#trace.size && !this.#isAborted) {
      if (giveUp.aborted) return { kind: 'failed', wait: 0, isRefusal: false };
      const step = await this.#patch();
      if (step.kind !== 'done') return step;
    }
    return { kind: 'done' };
  }

  async #report(report: JobReport): Promise<Step> {
    const { checksum, size } = this.#trace;
    const output = size === 0 ? { checksum } : { checksum, bytesize: size };
    const outcome = await this.#coordinator.updateJob(this.#job, { ...report, checksum, output });
    this.#hear(outcome);
    switch (outcome.kind) {
      case 'ok':
        return { kind: 'done' };
      case 'abort':
      case 'missing':
        this.#isAborted = true;
        return { kind: 'done' };
      case 'accepted':
        return { kind: 'failed', wait: (outcome.interval ?? 1) * 1000, isRefusal: false };
      case 'resend':
        return { kind: 'resend' };
      case 'failed':
        this.#log.warn('job result not taken', { job: this.#job.id, error: outcome.error });
        return { kind: 'failed', wait: outcome.wait, isRefusal: outcome.isRefusal };
    }
  }

  #hear(news: JobNews): void {
    if (news.interval !== undefined) this.#interval = news.interval;
    if (!news.canceling || this.#isCanceling) return;
    this.#isCanceling = true;
    this.#listener.onCanceling();
  }

  #abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#listener.onAbort();
  }
}
