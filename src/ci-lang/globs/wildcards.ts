const SLASH = 0x2f;
/** Stand for characters that no text has. */
const STAR = -1;
const STARS = -2;

const tokensOf = (text: string): readonly number[] =>
  text
    .split(/(\*\*|\*)/)
    .flatMap((part) =>
      part === '**'
        ? [STARS]
        : part === '*'
          ? [STAR]
          : Array.from({ length: part.length }, (_, at) => part.charCodeAt(at)),
    );

/**
 * Whether a path is one that the wildcards of `include:local` and `cache:key:files` stand for: `*` stops at slashes,
 * `**` does not, nothing else is special. Only the last of each kind is ever tried anew, so many stars do not take long.
 */
export const compileWildcards = (text: string): ((path: string) => boolean) => {
  const first = text.indexOf('*');
  if (first < 0) return (path) => path === text;
  const start = text.slice(0, first);
  const end = text.slice(text.lastIndexOf('*') + 1);
  const tokens = tokensOf(text);
  return (path) => path.startsWith(start) && path.endsWith(end) && matches(tokens, path);
};

const matches = (tokens: readonly number[], path: string): boolean => {
  let [token, at] = [0, 0];
  /** The last star and the last pair of stars: their tokens, and where what follows them was looked for. */
  let [star, starAt, stars, starsAt] = [-1, 0, -1, 0];
  while (at < path.length) {
    const wanted = tokens[token];
    if (wanted === path.charCodeAt(at)) {
      token += 1;
      at += 1;
    } else if (wanted === STAR) {
      [star, starAt] = [token, at];
      token += 1;
    } else if (wanted === STARS) {
      [star, stars, starsAt] = [-1, token, at];
      token += 1;
    } else if (star >= 0 && path.charCodeAt(starAt) !== SLASH) {
      starAt += 1;
      [token, at] = [star + 1, starAt];
    } else if (stars >= 0) {
      starsAt += 1;
      [star, token, at] = [-1, stars + 1, starsAt];
    } else return false;
  }
  while (tokens[token] === STAR || tokens[token] === STARS) token += 1;
  return token === tokens.length;
};
