const SLASH = 0x2f;
const STAR = 0x2a;
const QUESTION = 0x3f;
const OPEN_CLASS = 0x5b;
const BACKSLASH = 0x5c;

/** Steps that matching may still take, shared by many matches. */
export interface MatchBudget {
  left: number;
}

/** Thrown when the budget is spent. */
export class MatchBudgetSpent extends Error {
  constructor() {
    super('matching globs took too many steps');
    this.name = 'MatchBudgetSpent';
  }
}

function spend(budget: MatchBudget): void {
  budget.left -= 1;
  if (budget.left < 0) throw new MatchBudgetSpent();
}

/** What remains after a path segment was matched: where pattern and path stand, at a `/` or the end. */
interface SegmentEnd {
  readonly pattern: number;
  readonly path: number;
}

function atEnd(text: string, index: number): boolean {
  return index >= text.length || text.charCodeAt(index) === SLASH;
}

/** The index of the character itself where it is written `\x`; a `\` at the end is nothing. */
function unescaped(pattern: string, index: number): number {
  return pattern.charCodeAt(index) === BACKSLASH ? index + 1 : index;
}

/** Units of the character at an index: a surrogate pair is one character. */
function widthAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code >= 0xd800 && code <= 0xdbff ? 2 : 1;
}

/**
 * Index after the class that begins behind a `[`, when the character at `at` of the path is in it; else -1, as for a
 * class that does not end. `!` and `^` negate. `]` cannot be a member unless escaped.
 */
function matchClass(pattern: string, start: number, path: string, at: number): number {
  const code = path.codePointAt(at) ?? 0;
  const negated = pattern[start] === '!' || pattern[start] === '^';
  let index = negated ? start + 1 : start;
  let found = false;
  while (pattern[index] !== ']') {
    const low = unescaped(pattern, index);
    if (low >= pattern.length) return -1;
    index = low + widthAt(pattern, low);
    if (index >= pattern.length) return -1;
    let high = low;
    if (pattern[index] === '-' && pattern[index + 1] !== ']') {
      high = unescaped(pattern, index + 1);
      if (high >= pattern.length) return -1;
      index = high + widthAt(pattern, high);
    }
    const from = pattern.codePointAt(low) ?? 0;
    const to = pattern.codePointAt(high) ?? 0;
    if (code === from || code === to || (code > from && code < to)) found = true;
    if (index >= pattern.length) return -1;
  }
  return found === negated ? -1 : index + 1;
}

/** Matches one segment of the path; undefined when it does not match. Only the last `*` is tried again, so steps are at most quadratic. */
function matchSegment(
  pattern: string,
  path: string,
  patternStart: number,
  pathStart: number,
  budget: MatchBudget,
): SegmentEnd | undefined {
  let p = patternStart;
  let s = pathStart;
  let afterStar = -1;
  let starPath = -1;
  for (;;) {
    spend(budget);
    if (pattern.charCodeAt(p) === STAR) {
      while (pattern.charCodeAt(p) === STAR) p += 1;
      if (atEnd(pattern, unescaped(pattern, p))) return { pattern: unescaped(pattern, p), path: s };
      if (atEnd(path, s)) return undefined;
      afterStar = p;
      starPath = s;
      continue;
    }
    const next = matchCharacter(pattern, path, p, s);
    if (next === MATCHED) return { pattern: unescaped(pattern, p), path: s };
    if (next === NEVER) return undefined;
    if (next !== FAILED) {
      p = next;
      s += widthAt(path, s);
      continue;
    }
    if (afterStar < 0) return undefined;
    starPath += widthAt(path, starPath);
    p = afterStar;
    s = starPath;
  }
}

/** Pattern and segment end here. */
const MATCHED = -1;
/** The path ends too early, so no `*` can help. */
const NEVER = -2;
const FAILED = -3;

/** Compares one element of the pattern with one character: the pattern's next index, or one of the above. */
function matchCharacter(pattern: string, path: string, p: number, s: number): number {
  const pathEnds = atEnd(path, s);
  const code = pattern.charCodeAt(p);
  if (code === QUESTION) return pathEnds ? NEVER : p + 1;
  if (code === OPEN_CLASS) {
    if (pathEnds) return NEVER;
    const end = matchClass(pattern, p + 1, path, s);
    return end < 0 ? FAILED : end;
  }
  const literal = unescaped(pattern, p);
  const patternEnds = atEnd(pattern, literal);
  if (pathEnds) return patternEnds ? MATCHED : NEVER;
  if (patternEnds || pattern.codePointAt(literal) !== path.codePointAt(s)) return FAILED;
  return literal + widthAt(pattern, literal);
}

/**
 * Ruby's `File.fnmatch` with FNM_PATHNAME and FNM_DOTMATCH (braces already written out): the whole path must match,
 * `* ? []` stay within a segment and take dotfiles, `**` with a slash at the beginning of a segment takes any number of segments.
 * Throws MatchBudgetSpent.
 */
export function fnmatch(pattern: string, path: string, budget: MatchBudget): boolean {
  let p = 0;
  let s = 0;
  let afterStars = -1;
  let starsPath = 0;
  for (;;) {
    if (pattern.startsWith('**/', p)) {
      while (pattern.startsWith('**/', p)) p += 3;
      afterStars = p;
      starsPath = s;
    }
    const end = matchSegment(pattern, path, p, s, budget);
    if (end !== undefined) {
      const pathEnd = segmentEnd(path, end.path);
      if (end.pattern >= pattern.length && pathEnd >= path.length) return true;
      if (end.pattern < pattern.length && pathEnd < path.length) {
        p = end.pattern + 1;
        s = pathEnd + 1;
        continue;
      }
    }
    if (afterStars < 0) return false;
    const skipped = segmentEnd(path, starsPath);
    if (skipped >= path.length) return false;
    starsPath = skipped + 1;
    p = afterStars;
    s = starsPath;
  }
}

function segmentEnd(path: string, from: number): number {
  const slash = path.indexOf('/', from);
  return slash < 0 ? path.length : slash;
}
