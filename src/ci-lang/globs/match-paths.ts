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

/**
 * Whether any path matches any of the globs of `rules:changes` (Ruby's fnmatch with PATHNAME, DOTMATCH, EXTGLOB).
 * True without looking when there are more than 50 000 comparisons, when braces stand for too many patterns, or when
 * matching takes too long.
 */
export function matchesAnyPath(patterns: readonly string[], paths: readonly string[]): boolean {
  if (patterns.length * paths.length > MAX_COMPARISONS) return true;
  const budget: MatchBudget = { left: MAX_STEPS };
  try {
    return patterns.some((pattern) => {
      const expanded = expandBraces(pattern, MAX_ALTERNATIVES);
      return expanded?.some((each) => paths.some((path) => fnmatch(each, path, budget))) ?? true;
    });
  } catch (error) {
    if (error instanceof MatchBudgetSpent) return true;
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
 * as in `matchesAnyPath`, with the same bound. No patterns: false.
 */
export function existsAnyPath(patterns: readonly string[], paths: readonly string[]): boolean {
  if (patterns.length === 0) return false;
  const candidates = isAboutRootOnly(patterns) ? paths.filter((path) => !path.includes('/')) : paths;
  const globs: string[] = [];
  const extensions: string[] = [];
  const known = new Set(candidates);
  for (const pattern of patterns) {
    if (!hasWildcard(pattern)) {
      const found = pattern.endsWith('/') ? candidates.some((path) => path.startsWith(pattern)) : known.has(pattern);
      if (found) return true;
      continue;
    }
    const extension = extensionOf(pattern);
    if (extension === undefined) globs.push(pattern);
    else extensions.push(extension);
  }
  if (candidates.some((path) => extensions.some((extension) => path.endsWith(extension)))) return true;
  return matchesAnyPath(globs, candidates);
}
