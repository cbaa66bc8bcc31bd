/** Entries of one memory; what is written by hand has far fewer different texts. */
const MOST_ENTRIES = 1000;
/** Longer texts would hold much: of them a few are kept, for jobs that share one. */
const LONGEST_KEY = 500;
const MOST_LONG_ENTRIES = 8;

/**
 * A function of a text that keeps its latest answers: jobs repeat the same expressions and patterns hundreds of times.
 * The answers must be immutable. The oldest are forgotten first.
 */
export const remembering = <Answer>(work: (text: string) => Answer): ((text: string) => Answer) => {
  const short = new Map<string, { readonly answer: Answer }>();
  const long = new Map<string, { readonly answer: Answer }>();
  return (text) => {
    const [known, most] = text.length <= LONGEST_KEY ? [short, MOST_ENTRIES] : [long, MOST_LONG_ENTRIES];
    const found = known.get(text);
    if (found !== undefined) return found.answer;
    const answer = work(text);
    const oldest = known.size < most ? undefined : known.keys().next().value;
    if (oldest !== undefined) known.delete(oldest);
    known.set(text, { answer });
    return answer;
  };
};
