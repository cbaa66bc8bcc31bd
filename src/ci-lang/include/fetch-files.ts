import { configError } from '../config-error.ts';
import { DeadlinePassed } from '../config-host.ts';
import { LIMITS } from '../limits.ts';
import type { YamlMap } from '../yaml/index.ts';
import type { IncludeContext } from './include-context.ts';
import type { FileAnswer, LocatedFile } from './include-kind.ts';
import { type IncludeUse, locateFile } from './include-kinds.ts';

/** One file that is to be included, as far as it could be fetched. */
export interface FetchedFile {
  readonly item: YamlMap;
  readonly shown: string;
  readonly answer: FileAnswer;
}

/**
 * Fetches what a list of includes names, in its order. `counted`: the files go into the records and against the limit
 * (the configuration of the project itself does not).
 */
export const fetchFiles = async (
  items: readonly YamlMap[],
  use: IncludeUse,
  context: IncludeContext,
  counted: boolean,
): Promise<readonly FetchedFile[]> => {
  const located = items.map((item) => ({ item, file: locateFile(item, use, context) }));
  const entered = located.map(({ item, file }) => ({
    item,
    file,
    at: counted ? enter(item, file, context) : undefined,
  }));
  const answers = await Promise.all(entered.map(({ item, file }) => read(item, file)));
  return entered.map(({ item, file: { shown }, at }, index) => {
    const answer = answers[index] ?? { kind: 'problem', message: '' };
    if (answer.kind === 'text') {
      noteAddresses(at, answer, context);
      measure(item, answer.text, context);
    }
    return { item, shown, answer };
  });
};

/** Puts a file into the records; returns where. */
const enter = (item: YamlMap, { type, shown, path, extra }: LocatedFile, context: IncludeContext): number => {
  const { place, variables } = context.scope;
  const contextProject = place === undefined ? null : variables.hide(place.project);
  const record = {
    type,
    location: shown,
    blob: null,
    raw: null,
    extra,
    contextProject,
    contextSha: place?.sha ?? null,
  };
  context.records.push(record);
  if (place !== undefined && path !== undefined) context.local.add(`${place.project} ${path}`);
  if (context.records.length <= LIMITS.includes) return context.records.length - 1;
  throw configError(`Maximum of ${LIMITS.includes} nested includes are allowed!`, item.position, ['include']);
};

const read = async (item: YamlMap, file: LocatedFile): Promise<FileAnswer> => {
  if ('problem' in file) return { kind: 'problem', ...file.problem };
  return inTime(item, file.read());
};

/** The time of the host is over: nothing more can be asked. */
export const inTime = async <Value>(item: YamlMap, answer: Promise<Value>): Promise<Value> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DeadlinePassed) throw configError(error.message, item.position, ['include']);
    throw error;
  }
};

const noteAddresses = (
  at: number | undefined,
  { blob, raw }: Extract<FileAnswer, { kind: 'text' }>,
  { records }: IncludeContext,
): void => {
  const record = at === undefined ? undefined : records[at];
  if (at === undefined || record === undefined) return;
  // GitLab gives no address of a component's text.
  const rawOfType = record.type === 'component' ? null : raw;
  records[at] = { ...record, blob: blob ?? null, raw: rawOfType ?? null };
};

const measure = (item: YamlMap, text: string, { size }: IncludeContext): void => {
  size.left -= text.length;
  if (size.left < 0) {
    throw configError('Total size of combined CI/CD configuration is too big', item.position, ['include']);
  }
};
