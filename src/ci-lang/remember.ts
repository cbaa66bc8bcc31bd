/** Entries of one memory; what is written by hand has far fewer different texts. */
const MOST_ENTRIES = 1000;
/** Longer texts are hardly ever repeated, and would hold much. */
const LONGEST_KEY = 500;

/**
 * A function of a text that keeps its latest answers: jobs repeat the same expressions and patterns hundreds of times.
 * The answers must be immutable. The oldest are forgotten first.
 */
export const remembering = <Answer>(work: (text: string) => Answer): ((text: string) => Answer) => {
  const known = new Map<string, { readonly answer: Answer }>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found.answer;
    const answer = work(text);
    if (text.length <= LONGEST_KEY) {
      const oldest = known.size < MOST_ENTRIES ? undefined : known.keys().next().value;
      if (oldest !== undefined) known.delete(oldest);
      known.set(text, { answer });
    }
    return answer;
  };
};
