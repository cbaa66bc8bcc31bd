import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessMark } from '../process/process-tree.ts';

/** What a later runner needs to clean up after this one was killed. Holds the job's token, hence 0600 in a 0700 folder. */
export interface JobRecord {
  readonly id: number;
  readonly token: string;
  readonly temp: string;
  readonly mark: ProcessMark;
  /** The machine's start; groups and start times mean nothing after another. Empty where it cannot be read. */
  readonly boot: string;
}

const NAME = 'job.json';

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
  const { id, token, temp, boot, mark } = value;
  const { groups, environment, folder: place } = mark;
  if (typeof id !== 'number' || typeof token !== 'string' || typeof temp !== 'string') return undefined;
  if (!isNumberList(groups) || !isStringList(environment) || typeof boot !== 'string') return undefined;
  const isPlace = isObject(place) && typeof place['path'] === 'string' && typeof place['since'] === 'number';
  const where = isPlace ? { folder: { path: String(place['path']), since: Number(place['since']) } } : {};
  return { id, token, temp, boot, mark: { groups, environment, ...where } };
};
