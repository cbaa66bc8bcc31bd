/**
 * Whether a text matches a pattern in which `*` stands for any run of characters (also none, also `/`) and everything
 * else for itself, case included. How GitLab reads protected refs and environment scopes. Linear time but for the
 * number of stars.
 */
export const matchesWildcard = (pattern: string, text: string): boolean => {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
};
