import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessMark } from '../process/process-tree.ts';
import type { JobReport } from '../trace/trace-sender.ts';

/** What a later runner needs to clean up after this one was killed. Holds the job's token, hence 0600 in a 0700 folder. */
export interface JobRecord {
  readonly id: number;
  readonly token: string;
  readonly temp: string;
  readonly mark: ProcessMark;
  /** The machine's start; groups and start times mean nothing after another. Empty where it cannot be read. */
  readonly boot: string;
  /** The result of a job that ended while the server was away; its log lies beside. */
  readonly report?: JobReport;
}

const NAME = 'job.json';

/** The log of a job whose result was not delivered. */
export const keptTracePath = (folder: string): string => join(folder, 'trace');

export const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
};

export const writeJobRecord = (folder: string, record: JobRecord): void => {
  const path = join(folder, NAME);
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${path}.new`, path);
};

const isNumberList = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');
const isStringList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
const isReport = (value: unknown): value is JobReport =>
  isObject(value) && (value['state'] === 'success' || value['state'] === 'failed');
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Undefined when there is none or it cannot be read. */
export const findJobRecord = (folder: string): JobRecord | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(folder, NAME), 'utf8'));
  } catch {
    return undefined;
  }
  if (!isObject(value) || !isObject(value['mark'])) return undefined;
  const { id, token, temp, boot, mark, report } = value;
  const { groups, environment, folder: place } = mark;
  if (typeof id !== 'number' || typeof token !== 'string' || typeof temp !== 'string') return undefined;
  if (!isNumberList(groups) || !isStringList(environment) || typeof boot !== 'string') return undefined;
  const isPlace = isObject(place) && typeof place['path'] === 'string' && typeof place['since'] === 'number';
  const where = isPlace ? { folder: { path: String(place['path']), since: Number(place['since']) } } : {};
  const record = { id, token, temp, boot, mark: { groups, environment, ...where } };
  return isReport(report) ? { ...record, report } : record;
};
