import { Histogram, Registry } from 'prom-client';
import type { Guard, Route } from '../http/index.ts';
import { route, text } from '../http/index.ts';

/** What the server counts, for Prometheus. Each process has its own. */
export interface Metrics {
  /** Seconds from the moment at which a scheduled run should have started to its pipeline. */
  readonly observeScheduleLag: (seconds: number) => void;
  /** Prometheus' text format. */
  readonly write: () => Promise<string>;
}

export const createMetrics = (): Metrics => {
  const registry = new Registry();
  const lag = new Histogram({
    name: 'penstock_schedule_lag_seconds',
    help: 'From the moment at which a scheduled run should have started to the creation of its pipeline',
    buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600],
    registers: [registry],
  });
  return {
    observeScheduleLag: (seconds) => lag.observe(seconds),
    write: () => registry.metrics(),
  };
};

const EVERYBODY: Guard<undefined> = { label: 'everybody', check: async () => undefined };

/** `GET /-/metrics`. Numbers only: nothing in them names a project or a person. */
export const metricsRoute = (metrics: Metrics): Route =>
  route({
    method: 'GET',
    path: '/-/metrics',
    summary: 'Measurements, as Prometheus reads them',
    params: {},
    guard: EVERYBODY,
    handler: async () =>
      text(200, await metrics.write(), { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }),
  });
