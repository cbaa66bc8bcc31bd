import { matchesGlob } from '../globs/index.ts';
import type { ExistsClause } from '../keywords/rule-exists.ts';
import type { RuleContext } from './rule-context.ts';

/** Whether the commit has a file for one of the patterns. */
export const existsHolds = async (clause: ExistsClause, context: RuleContext): Promise<boolean> => {
  const { variables, repository } = context;
  if (clause.paths.length === 0) return false;
  const globs = clause.paths.map((path) => variables.expand(path));
  const question = JSON.stringify(['exists', ...globs]);
  const known = repository.answers.get(question);
  if (known !== undefined) return known;
  const files = await repository.listFiles();
  const paths = globs.every(isTopLevel) ? files.filter((path) => !path.includes('/')) : files;
  const patterns = globs.filter((glob) => !isExact(glob) && extensionOf(glob) === undefined);
  const answer =
    globs.some((glob) => isExact(glob) && hasPath(paths, glob)) ||
    hasExtension(paths, globs) ||
    (patterns.length > 0 && !repository.spend(paths.length * patterns.length)) ||
    patterns.some((glob) => paths.some((path) => matchesGlob(glob, path)));
  repository.answers.set(question, answer);
  return answer;
};

/** Only patterns like these: only the files of the root are looked at. */
const isTopLevel = (glob: string): boolean => !glob.includes('/') && !glob.includes('**');

const isExact = (glob: string): boolean => !/[*?[{]/.test(glob);

const EVERYWHERE = '**/*';

/** `.ext` of a pattern such as an `.ext` file in any folder; it then means "ends with .ext". */
const extensionOf = (glob: string): string | undefined => {
  const rest = glob.startsWith(EVERYWHERE) ? glob.slice(EVERYWHERE.length) : glob;
  return !isExact(glob) && rest.startsWith('.') && !rest.includes('/') && isExact(rest) ? rest : undefined;
};

const hasExtension = (paths: readonly string[], globs: readonly string[]): boolean => {
  const extensions = globs.flatMap((glob) => extensionOf(glob) ?? []);
  return extensions.length > 0 && paths.some((path) => extensions.some((extension) => path.endsWith(extension)));
};

/** A path by equality, or a folder when it ends with a slash. `paths` are sorted. */
const hasPath = (paths: readonly string[], wanted: string): boolean => {
  let [low, high] = [0, paths.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((paths[middle] ?? '') < wanted) low = middle + 1;
    else high = middle;
  }
  const found = paths[low];
  return found !== undefined && (wanted.endsWith('/') ? found.startsWith(wanted) : found === wanted);
};
