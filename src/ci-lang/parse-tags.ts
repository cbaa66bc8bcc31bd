const QUOTED = [/(^|,)\s*"(.*?)"\s*(?=,\s*|$)/g, /(^|,)\s*'(.*?)'\s*(?=,\s*|$)/g];

/** Tag names as GitLab stores them: a comma separates (unless quoted), blanks and repetitions vanish. */
export const parseTags = (written: readonly string[]): readonly string[] => {
  const found: string[] = [];
  let rest = written.join(', ');
  if (rest.includes('"') || rest.includes("'")) {
    for (const quoted of QUOTED) {
      rest = rest.replace(quoted, (_, _delimiter: string, name: string) => {
        found.push(name);
        return '';
      });
    }
  }
  return [...new Set([...found, ...rest.split(',')].map((name) => name.trim()).filter((name) => name !== ''))];
};
