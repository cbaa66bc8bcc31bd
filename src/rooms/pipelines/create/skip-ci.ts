/** `[skip ci]`, `[ci-skip]`, `[ci_skip]` …: anywhere in the commit message, in any case. */
const SKIP_TEXT = /\[(?:ci[ _-]skip|skip[ _-]ci)\]/i;

export const asksToSkip = (commitMessage: string, pushOptions: readonly string[]): boolean =>
  pushOptions.includes('ci.skip') || SKIP_TEXT.test(commitMessage);
