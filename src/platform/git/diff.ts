import { isSha } from './ref-name.ts';
import type { Repository } from './repository.ts';
import { runGit, TooMuchOutput } from './run-git.ts';

/** A file that differs between two commits. */
export interface FileDiff {
  readonly oldPath: string;
  readonly newPath: string;
  /** Six digits; `0` where there is no such file. */
  readonly oldMode: string;
  readonly newMode: string;
  readonly status: 'added' | 'deleted' | 'renamed' | 'changed';
  /** The hunks, from the first `@@` on; empty for binary files and where only the mode differs. */
  readonly patch: string;
  /** The patch is too large to be shown, and left out. */
  readonly tooLarge: boolean;
}

export interface Diff {
  readonly files: readonly FileDiff[];
  /** There was more than one wants to show: some patches are left out. */
  readonly overflow: boolean;
}

const MAX_FILES = 3000;
const MAX_PATCH = 200 * 1024;
const MAX_TOTAL = 5 * 1024 * 1024;
const MAX_OUTPUT = 64 * 1024 * 1024;
/** Bytes of the list of files: some 30,000. A few objects can hold millions of paths, and finding renames among them takes minutes. */
const MAX_LIST = 4 * 1024 * 1024;

interface RawLine {
  readonly oldMode: string;
  readonly newMode: string;
  readonly letter: string;
  readonly oldPath: string;
  readonly newPath: string;
}

/** `:100644 100644 <sha> <sha> M\0path\0`; a rename has two paths. */
const parseRaw = (output: Buffer): readonly RawLine[] => {
  const fields = output.toString('utf8').split('\0');
  const lines: RawLine[] = [];
  for (let at = 0; at < fields.length; ) {
    const [, oldMode, newMode, letter] = /^:(\d{6}) (\d{6}) [0-9a-f]+ [0-9a-f]+ ([A-Z])/.exec(fields[at] ?? '') ?? [];
    if (oldMode === undefined || newMode === undefined || letter === undefined) break;
    const oldPath = fields[at + 1] ?? '';
    const renamed = letter === 'R' || letter === 'C';
    const newPath = renamed ? (fields[at + 2] ?? '') : oldPath;
    lines.push(...linesOf({ oldMode, newMode, letter, oldPath, newPath }));
    at += renamed ? 3 : 2;
  }
  return lines;
};

const NO_MODE = '000000';

/** A file that has become a link, or the other way round: its patches are those of a file that goes and one that comes. */
const linesOf = (line: RawLine): readonly RawLine[] =>
  line.letter === 'T'
    ? [
        { ...line, letter: 'D', newMode: NO_MODE },
        { ...line, letter: 'A', oldMode: NO_MODE },
      ]
    : [line];

const STATUS: Readonly<Record<string, FileDiff['status']>> = { A: 'added', D: 'deleted', R: 'renamed' };

const HEADER = '\ndiff --git ';

/** Every line of a patch's content begins with a sign, so only headers begin with `diff`. Lines end with LF, with nothing else. */
const patchesOf = (output: string): readonly string[] => {
  const parts = `\n${output}`.split(HEADER).slice(1);
  return parts.map((part, index) => {
    const start = part.indexOf('\n@@') + 1;
    if (start === 0) return '';
    return index === parts.length - 1 ? part.slice(start) : `${part.slice(start)}\n`;
  });
};

/** Whether git writes no more than a list of files may have. */
const fitsList = (repository: Repository, args: readonly string[]): Promise<boolean> =>
  runGit(repository.path, args, { maxBytes: MAX_LIST }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof TooMuchOutput) return false;
      throw error;
    },
  );

/**
 * What two commits differ in, file by file, renames found. Patches of more than 200 KiB are left out, as GitLab does, and
 * all files where there are tens of thousands of them.
 */
export const diffCommits = async (repository: Repository, before: string, after: string): Promise<Diff> => {
  if (!isSha(before) || !isSha(after)) throw new Error('not a sha');
  const common = ['diff-tree', '-r', '--no-commit-id'];
  if (!(await fitsList(repository, [...common, '--no-renames', '--raw', '-z', before, after]))) {
    return { files: [], overflow: true };
  }
  const { stdout: raw } = await runGit(repository.path, [...common, '-M', '--raw', '-z', before, after]);
  const lines = parseRaw(raw);
  const patch = await runGit(
    repository.path,
    [...common, '-M', '-p', '--no-color', '--no-ext-diff', '--no-textconv', before, after],
    { maxBytes: MAX_OUTPUT },
  ).then(
    ({ stdout }) => patchesOf(stdout.toString('utf8')),
    () => undefined,
  );
  let total = 0;
  let overflow = patch === undefined || lines.length > MAX_FILES;
  const files = lines.slice(0, MAX_FILES).map((line, index): FileDiff => {
    const text = patch?.[index] ?? '';
    const tooLarge = patch === undefined || text.length > MAX_PATCH || total + text.length > MAX_TOTAL;
    if (!tooLarge) total += text.length;
    overflow ||= tooLarge;
    const { oldPath, newPath, oldMode, newMode, letter } = line;
    return {
      oldPath,
      newPath,
      oldMode: oldMode === NO_MODE ? '0' : oldMode,
      newMode: newMode === NO_MODE ? '0' : newMode,
      status: STATUS[letter] ?? 'changed',
      patch: tooLarge ? '' : text,
      tooLarge,
    };
  });
  return { files, overflow };
};
