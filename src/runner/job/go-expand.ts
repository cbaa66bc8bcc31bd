const isSpecial = (character: string): boolean => /^[*#$@!?0-9-]$/.test(character);

/** What stands after a `$`: the name, and how many characters it takes. An empty name with a width is eaten. */
const nameAfter = (text: string): { readonly name: string; readonly width: number } => {
  const first = text.charAt(0);
  if (first === '{') {
    const end = text.indexOf('}', 1);
    if (end === 1) return { name: '', width: 2 };
    return end < 0 ? { name: '', width: 1 } : { name: text.slice(1, end), width: end + 1 };
  }
  if (isSpecial(first)) return { name: first, width: 1 };
  const name = /^[A-Za-z0-9_]*/.exec(text)?.[0] ?? '';
  return { name, width: name.length };
};

/**
 * One pass of expansion with the rules of Go's `os.Expand`, which gitlab-runner uses: `$NAME`, `${NAME}`; `$$` gives `$`;
 * `$1`, `$?` and unknown names give nothing; a `$` before anything else stays.
 */
export const goExpand = (text: string, lookUp: (name: string) => string | undefined): string => {
  let result = '';
  let from = 0;
  for (let at = text.indexOf('$'); at >= 0 && at + 1 < text.length; at = text.indexOf('$', from)) {
    const { name, width } = nameAfter(text.slice(at + 1, at + 1 + MAX_NAME));
    result += text.slice(from, at);
    if (name === '$') result += '$';
    else if (name !== '') result += lookUp(name) ?? '';
    else if (width === 0) result += '$';
    from = at + 1 + width;
  }
  return result + text.slice(from);
};

/** Names are short; looking no further keeps the expansion of a text full of `${` linear. */
const MAX_NAME = 4096;
