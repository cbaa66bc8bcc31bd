import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import { type GlobPattern, type GlobSegment, matchesGlob, matchesSegment, parseGlob } from './glob.ts';

export interface Selection {
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  /** Also what git does not track (ignored files included). */
  readonly untracked: boolean;
}

/** Path relative to the project directory, with `/` → what stands there (links not followed). */
export type SelectedFiles = ReadonlyMap<string, Stats>;

export interface SelectionLog {
  plain(text: string): void;
  warning(text: string): void;
}

/**
 * Chooses files as gitlab-runner does: globs relative to the project directory, links not followed, a matching folder
 * with everything below it, then `exclude` on each relative path. What leads out of the project is refused.
 * @param listUntracked asks git; only called when needed.
 */
export const selectFiles = async (
  project: string,
  selection: Selection,
  listUntracked: () => Promise<readonly string[]>,
  log: SelectionLog,
): Promise<SelectedFiles> => {
  const files = new Map<string, Stats>();
  const exclude = selection.exclude.flatMap((pattern) => parseGlob(pattern.replace(/^\.\//, '')) ?? []);
  const counts = { excluded: 0 };
  const take = async (path: string): Promise<number> => {
    if (matchesGlob(exclude, path)) {
      counts.excluded += 1;
      return 0;
    }
    const stats = await lstat(join(project, path)).catch(() => undefined);
    if (stats === undefined) return 0;
    files.set(path, stats);
    return 1;
  };
  for (const pattern of selection.paths) await takePattern(project, pattern, take, log);
  if (selection.untracked) {
    let found = 0;
    for (const path of await listUntracked()) found += await take(path.replace(/\/$/, ''));
    log.plain(`untracked: found ${found} files`);
  }
  if (counts.excluded > 0) log.plain(`excluded ${counts.excluded} files and directories`);
  if ([...files.keys()].some((path) => path === '.git' || path.startsWith('.git/'))) {
    log.warning('Part of .git directory is on the list of files to archive');
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
};

const takePattern = async (
  project: string,
  pattern: string,
  take: (path: string) => Promise<number>,
  log: SelectionLog,
): Promise<void> => {
  const inside = insideProject(project, pattern);
  if (inside === undefined) {
    log.warning(`${pattern}: artifact path is not a subpath of project directory: ${project}`);
    return;
  }
  const alternatives = parseGlob(inside);
  if (alternatives === undefined) {
    log.warning(`${pattern}: not a valid pattern`);
    return;
  }
  let found = 0;
  const matches = await glob(project, alternatives);
  // What lies below another match is taken with it.
  const tops = [...matches].filter((path) => !ancestors(path).some((folder) => matches.has(folder)));
  for (const path of tops) found += await takeBelow(project, path, take);
  if (found > 0) log.plain(`${pattern}: found ${found} matching artifact files and directories`);
  else {
    const hint = `Ensure that the artifact path is relative to the working directory (${project})`;
    log.warning(`${pattern}: no matching files. ${hint}`);
  }
};

/** `a/b/c` → `a/b`, `a`, ``. */
const ancestors = (path: string): readonly string[] => {
  if (path === '') return [];
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index).join('/'));
};

/** The pattern relative to the project; undefined when it leads out of it. */
const insideProject = (project: string, pattern: string): string | undefined => {
  const path = isAbsolute(pattern) ? relative(project, normalize(pattern)) : normalize(pattern);
  const parts = path.split(sep);
  return parts[0] === '..' || isAbsolute(path) ? undefined : path;
};

const takeBelow = async (project: string, path: string, take: (path: string) => Promise<number>): Promise<number> => {
  let found = path === '' ? 0 : await take(path);
  const stats = await lstat(join(project, path)).catch(() => undefined);
  if (stats?.isDirectory() !== true) return found;
  for (const name of await names(join(project, path))) {
    found += await takeBelow(project, path === '' ? name : `${path}/${name}`, take);
  }
  return found;
};

/** Entries of a folder; a name that is not UTF-8 cannot be stored in a zip and is left out. */
const names = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder).catch(() => []);
  return entries.filter((name) => !name.includes('\ufffd'));
};

/** Paths that match, relative to the project; `''` is the project itself. */
const glob = async (project: string, patterns: readonly GlobPattern[]): Promise<ReadonlySet<string>> => {
  const found = new Set<string>();
  for (const { segments } of patterns) await walk(project, '', segments, found, new Set());
  return found;
};

const walk = async (
  project: string,
  path: string,
  segments: readonly GlobSegment[],
  found: Set<string>,
  seen: Set<string>,
): Promise<void> => {
  // Two `**` reach the same place by many ways.
  const state = `${segments.length} ${path}`;
  if (seen.has(state)) return;
  seen.add(state);
  const [segment, ...rest] = segments;
  const stats = await lstat(join(project, path)).catch(() => undefined);
  if (stats === undefined) return;
  if (segment === undefined) {
    found.add(path);
    return;
  }
  if (segment.kind === 'deep') await walk(project, path, rest, found, seen);
  if (!stats.isDirectory()) return;
  const below = (name: string): string => (path === '' ? name : `${path}/${name}`);
  if (segment.kind === 'literal') {
    await walk(project, below(segment.name), rest, found, seen);
    return;
  }
  for (const name of await names(join(project, path))) {
    if (segment.kind === 'deep') await walk(project, below(name), segments, found, seen);
    else if (matchesSegment(segment, name)) await walk(project, below(name), rest, found, seen);
  }
};
