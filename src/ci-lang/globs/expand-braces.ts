/** The outermost brace group that comes first, as indices of `{` and `}`. */
type BraceGroup = { readonly open: number; readonly close: number } | 'none' | 'unbalanced';

/** Index after the character at this index; `\` takes the next character along. */
function after(pattern: string, index: number): number {
  const escaped = pattern[index] === '\\' && index + 1 < pattern.length;
  return index + (escaped ? 2 : 1);
}

function findGroup(pattern: string): BraceGroup {
  let open = -1;
  let nest = 0;
  for (let at = 0; at < pattern.length; at = after(pattern, at)) {
    if (pattern[at] === '{') {
      if (nest === 0) open = at;
      nest += 1;
    } else if (pattern[at] === '}' && open >= 0) {
      nest -= 1;
      if (nest === 0) return { open, close: at };
    }
  }
  return open >= 0 ? 'unbalanced' : 'none';
}

/** The alternatives between two braces, cut at commas that are not inside further braces. */
function alternatives(body: string): readonly string[] {
  const found: string[] = [];
  let start = 0;
  let nest = 0;
  for (let at = 0; at < body.length; at = after(body, at)) {
    if (body[at] === '{') nest += 1;
    else if (body[at] === '}') nest -= 1;
    else if (body[at] === ',' && nest === 0) {
      found.push(body.slice(start, at));
      start = at + 1;
    }
  }
  found.push(body.slice(start));
  return found;
}

/** Characters looked at while braces are written out. */
const MAX_WORK = 10_000_000;

/**
 * Writes out `{a,b}` alternatives, nested ones too, as Ruby does before it matches: the pieces are put together as
 * text, and an unbalanced `{` gives nothing, so such a pattern matches nothing. Undefined when there would be more than
 * `limit` of them, or when finding them takes too long.
 */
export function expandBraces(pattern: string, limit: number): readonly string[] | undefined {
  const done: string[] = [];
  const open = [pattern];
  let work = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const group = findGroup(next);
    if (group === 'unbalanced') continue;
    if (group === 'none') done.push(next);
    else {
      const before = next.slice(0, group.open);
      const behind = next.slice(group.close + 1);
      const pieces = alternatives(next.slice(group.open + 1, group.close));
      for (const piece of pieces.toReversed()) open.push(before + piece + behind);
    }
    work += next.length;
    if (done.length + open.length > limit || work > MAX_WORK) return undefined;
  }
  return done;
}
