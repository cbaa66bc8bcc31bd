/** One alternative of a pattern, cut into path segments. */
export interface GlobPattern {
  readonly segments: readonly GlobSegment[];
}

export type GlobSegment =
  /** `**`: any number of folders. */
  | { readonly kind: 'deep' }
  | { readonly kind: 'literal'; readonly name: string }
  | { readonly kind: 'wild'; readonly parts: readonly Part[] };

type Part =
  | { readonly kind: 'star' }
  | { readonly kind: 'any' }
  | { readonly kind: 'one'; readonly accepts: (character: string) => boolean };

const MOST_ALTERNATIVES = 1024;

/**
 * Reads a pattern with the rules of the doublestar library, which gitlab-runner uses: `*`, `?`, `[a-z]`, `[^a]`,
 * `{a,b}`, `**`, `\` before a literal. A leading dot is nothing special. Undefined = malformed or too many alternatives.
 */
export const parseGlob = (pattern: string): readonly GlobPattern[] | undefined => {
  const alternatives = expandBraces(pattern);
  return alternatives?.map((alternative) => ({
    segments: splitSegments(alternative)
      .filter((segment) => segment !== '' && segment !== '.')
      .map(parseSegment),
  }));
};

/** `a{b,c{d,e}}` → `ab`, `acd`, `ace`. */
const expandBraces = (pattern: string): readonly string[] | undefined => {
  let done = [''];
  let index = 0;
  while (index < pattern.length) {
    const character = pattern.charAt(index);
    let options: readonly string[];
    if (character === '\\') {
      options = [pattern.slice(index, index + 2)];
      index += 2;
    } else if (character === '{') {
      const end = closingBrace(pattern, index);
      if (end === undefined) return undefined;
      const inner = topLevelParts(pattern.slice(index + 1, end)).map(expandBraces);
      const flat: string[] = [];
      for (const part of inner) {
        if (part === undefined) return undefined;
        flat.push(...part);
      }
      options = flat;
      index = end + 1;
    } else {
      options = [character];
      index += 1;
    }
    if (done.length * options.length > MOST_ALTERNATIVES) return undefined;
    done = done.flatMap((head) => options.map((option) => head + option));
  }
  return done;
};

const closingBrace = (pattern: string, open: number): number | undefined => {
  let depth = 0;
  for (let index = open; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (character === '\\') index += 1;
    else if (character === '{') depth += 1;
    else if (character === '}' && (depth -= 1) === 0) return index;
  }
  return undefined;
};

const topLevelParts = (text: string): readonly string[] => {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '\\') index += 1;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(from, index));
      from = index + 1;
    }
  }
  return [...parts, text.slice(from)];
};

const splitSegments = (pattern: string): readonly string[] => pattern.split('/');

const parseSegment = (segment: string): GlobSegment => {
  if (segment === '**') return { kind: 'deep' };
  if (!/[*?[\\]/.test(segment)) return { kind: 'literal', name: segment };
  const parts: Part[] = [];
  for (let index = 0; index < segment.length; ) {
    const { part, width } = parsePart(segment, index);
    const last = parts.at(-1);
    if (part.kind !== 'star' || last?.kind !== 'star') parts.push(part);
    index += width;
  }
  return { kind: 'wild', parts };
};

const parsePart = (segment: string, index: number): { readonly part: Part; readonly width: number } => {
  const character = String.fromCodePoint(segment.codePointAt(index) ?? 0);
  if (character === '*') return { part: { kind: 'star' }, width: 1 };
  if (character === '?') return { part: { kind: 'any' }, width: 1 };
  if (character === '[') {
    const set = parseSet(segment, index);
    if (set !== undefined) return set;
  }
  if (character === '\\' && index + 1 < segment.length) {
    const escaped = String.fromCodePoint(segment.codePointAt(index + 1) ?? 0);
    return { part: { kind: 'one', accepts: (other) => other === escaped }, width: 1 + escaped.length };
  }
  return { part: { kind: 'one', accepts: (other) => other === character }, width: character.length };
};

/** `[a-z_]`, `[^a]`, `[!a]`; undefined when it is not closed (then `[` is a literal). */
const parseSet = (segment: string, open: number): { readonly part: Part; readonly width: number } | undefined => {
  const match = /^\[([!^]?)((?:\\.|[^\]\\])+)\]/su.exec(segment.slice(open));
  if (match === null) return undefined;
  const [whole, negation = '', body = ''] = match;
  const characters = [...body.matchAll(/\\?(.)/gsu)].map((found) => ({
    text: found[1] ?? '',
    isRange: found[0] === '-',
  }));
  const ranges: (readonly [string, string])[] = [];
  for (let index = 0; index < characters.length; index += 1) {
    const low = characters[index]?.text ?? '';
    const high = characters[index + 2]?.text;
    if (characters[index + 1]?.isRange === true && high !== undefined) {
      ranges.push([low, high]);
      index += 2;
    } else {
      ranges.push([low, low]);
    }
  }
  const isIn = (character: string): boolean => ranges.some(([low, high]) => low <= character && character <= high);
  const accepts = negation === '' ? isIn : (character: string): boolean => !isIn(character);
  return { part: { kind: 'one', accepts }, width: whole.length };
};

/** True when one segment matches one name. */
export const matchesSegment = (segment: GlobSegment, name: string): boolean => {
  if (segment.kind === 'deep') return true;
  if (segment.kind === 'literal') return segment.name === name;
  return matchesParts(segment.parts, Array.from(name));
};

/** Two pointers with one step back to the last star: never more than parts × characters steps. */
const matchesParts = (parts: readonly Part[], characters: readonly string[]): boolean => {
  let part = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < characters.length) {
    const current = parts[part];
    if (current?.kind === 'star') {
      star = part;
      starAt = at;
      part += 1;
    } else if (current !== undefined && (current.kind === 'any' || current.accepts(characters[at] ?? ''))) {
      part += 1;
      at += 1;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      part = star + 1;
    } else {
      return false;
    }
  }
  return parts.slice(part).every((rest) => rest.kind === 'star');
};

/** True when the whole path (`/` between names) matches. `a/**` also matches `a` itself, as in doublestar. */
export const matchesGlob = (patterns: readonly GlobPattern[], path: string): boolean => {
  const names = path.split('/').filter((name) => name !== '');
  return patterns.some(({ segments }) => matchesPath(segments, names));
};

/** Row by row: which prefixes of the names the first segments can match. No backtracking. */
const matchesPath = (segments: readonly GlobSegment[], names: readonly string[]): boolean => {
  let reachable = new Set([0]);
  for (const segment of segments) {
    const next = new Set<number>();
    for (const index of reachable) {
      if (segment.kind === 'deep') {
        for (let end = index; end <= names.length; end += 1) next.add(end);
      } else {
        const name = names[index];
        if (name !== undefined && matchesSegment(segment, name)) next.add(index + 1);
      }
    }
    reachable = next;
  }
  return reachable.has(names.length);
};
