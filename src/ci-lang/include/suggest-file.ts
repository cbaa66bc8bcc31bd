import type { ConfigPlace } from '../config-host.ts';
import { suggestName } from '../suggest-name.ts';
import type { IncludeContext } from './include-context.ts';

/** The file that is meant by a path where there is none: of the same name in another folder, or almost of that path. */
export const suggestFile = async (
  path: string,
  place: ConfigPlace,
  { repository, scope }: IncludeContext,
): Promise<string | undefined> => {
  const { all, byName } = indexOf(await repository.listFiles(place));
  const [sameName, ...others] = byName.get(lastName(path)) ?? [];
  const isOnly = sameName !== undefined && others.length === 0;
  const meant = isOnly ? sameName : suggestName(path, all.length > MOST_FILES ? [] : all);
  if (meant === undefined) return undefined;
  const advice = isOnly && meant.length !== path.length ? ' Paths begin at the root of the repository.' : '';
  return scope.variables.hide(`Did you mean \`${meant}\`?${advice}`);
};

/** Looking for almost the same path takes long, and a file may name many that are not there. */
const MOST_FILES = 500;

interface FileIndex {
  /** YAML files only. */
  readonly all: readonly string[];
  /** By the last part of their paths, in small letters. */
  readonly byName: ReadonlyMap<string, readonly string[]>;
}

const known = new WeakMap<readonly string[], FileIndex>();

/** Kept as long as the list: there may be many files, and many that are missing. */
const indexOf = (files: readonly string[]): FileIndex => {
  const index = known.get(files) ?? buildIndex(files.filter((file) => /\.ya?ml$/i.test(file)));
  known.set(files, index);
  return index;
};

const buildIndex = (all: readonly string[]): FileIndex => {
  const byName = new Map<string, string[]>();
  for (const path of all) {
    const name = lastName(path);
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [path]);
    else same.push(path);
  }
  return { all, byName };
};

const lastName = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase();
