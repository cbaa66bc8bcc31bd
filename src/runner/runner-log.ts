import { createWriteStream } from 'node:fs';

/** The runner's own log (not a job's): one line per event. Secrets never go in. */
export interface RunnerLog {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** One JSON object per line with `time`, `level`, `event` and the fields. */
export const lineLog = (write: (line: string) => void, now: () => Date = () => new Date()): RunnerLog => {
  const at = (level: string) => (event: string, fields?: LogFields) =>
    write(`${JSON.stringify({ time: now().toISOString(), level, event, ...fields })}\n`);
  return { info: at('info'), warn: at('warn'), error: at('error') };
};

/** Appends to a file (0600). A full disk or a vanished folder must not end the runner, so write errors are dropped. */
export const fileLog = (path: string): RunnerLog => {
  const stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
  stream.on('error', () => {});
  return lineLog((line) => stream.write(line));
};

export const silentLog: RunnerLog = { info: () => {}, warn: () => {}, error: () => {} };
