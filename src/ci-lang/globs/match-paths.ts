import { expandBraces } from './expand-braces.ts';
import { fnmatch, type MatchBudget, MatchBudgetSpent } from './fnmatch.ts';

/** GitLab's bound of patterns × paths: beyond it the answer is yes without looking. */
const MAX_COMPARISONS = 50_000;
/** Our own bounds, against patterns made to cost time: what braces of one pattern may stand for, and all steps. */
const MAX_ALTERNATIVES = 1000;
const MAX_STEPS = 30_000_000;

function hasWildcard(pattern: string): boolean {
  return /[*?[{]/.test(pattern);
}

/** Why the answer is what it is; `path` is the first that matches. */
export type PathsAnswer =
  | { readonly because: 'path_matches'; readonly path: string }
  | { readonly because: 'no_path_matches' }
  /** Nobody looked: it counts as a match. */
  | { readonly because: 'too_many_to_compare' };

const TOO_MANY: PathsAnswer = { because: 'too_many_to_compare' };

const foundPath = (path: string | undefined): PathsAnswer =>
  path === undefined ? { because: 'no_path_matches' } : { because: 'path_matches', path };

/**
 * Whether any path matches any of the globs of `rules:changes` (Ruby's fnmatch with PATHNAME, DOTMATCH, EXTGLOB).
 * Yes without looking when there are more than 50 000 comparisons, when braces stand for too many patterns, or when
 * matching takes too long.
 */
export function matchAnyPath(patterns: readonly string[], paths: readonly string[]): PathsAnswer {
  if (patterns.length * paths.length > MAX_COMPARISONS) return TOO_MANY;
  const budget: MatchBudget = { left: MAX_STEPS };
  try {
    for (const pattern of patterns) {
      const expanded = expandBraces(pattern, MAX_ALTERNATIVES);
      if (expanded === undefined) return TOO_MANY;
      for (const each of expanded) {
        const path = paths.find((candidate) => fnmatch(each, candidate, budget));
        if (path !== undefined) return foundPath(path);
      }
    }
    return foundPath(undefined);
  } catch (error) {
    if (error instanceof MatchBudgetSpent) return TOO_MANY;
    throw error;
  }
}

/**
 * Whether the patterns of `rules:exists` can only be about files at the root of the repository: none has a `/` or `**`.
 * Then only those files need to be listed, and only those count.
 */
export function isAboutRootOnly(patterns: readonly string[]): boolean {
  return patterns.every((pattern) => !pattern.includes('/') && !pattern.includes('**'));
}

/** The `.ext` of `**` + `/*.ext` without further wildcards, which GitLab tests as the end of the path. */
function extensionOf(pattern: string): string | undefined {
  const rest = pattern.startsWith('**/*') ? pattern.slice(4) : pattern;
  return rest.startsWith('.') && !rest.includes('/') && !hasWildcard(rest) ? rest : undefined;
}

/**
 * Whether any file of the repository matches any pattern of `rules:exists`. Patterns without wildcards are compared as
 * they are, or name a directory when they end in `/`; `**` + `/*.ext` is any path that ends in `.ext`; others are globs
 * as in `matchAnyPath`, with the same bound. No patterns: no.
 */
export function matchExistingPath(patterns: readonly string[], paths: readonly string[]): PathsAnswer {
  if (patterns.length === 0) return foundPath(undefined);
  const candidates = isAboutRootOnly(patterns) ? paths.filter((path) => !path.includes('/')) : paths;
  const globs: string[] = [];
  const extensions: string[] = [];
  const known = new Set(candidates);
  for (const pattern of patterns) {
    if (!hasWildcard(pattern)) {
      const found = findPlain(pattern, candidates, known);
      if (found !== undefined) return foundPath(found);
      continue;
    }
    const extension = extensionOf(pattern);
    if (extension === undefined) globs.push(pattern);
    else extensions.push(extension);
  }
  const byExtension = candidates.find((path) => extensions.some((extension) => path.endsWith(extension)));
  return byExtension === undefined ? matchAnyPath(globs, candidates) : foundPath(byExtension);
}

function findPlain(pattern: string, paths: readonly string[], known: ReadonlySet<string>): string | undefined {
  if (pattern.endsWith('/')) return paths.find((path) => path.startsWith(pattern));
  return known.has(pattern) ? pattern : undefined;
}
