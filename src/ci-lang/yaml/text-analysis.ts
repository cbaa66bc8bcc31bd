/** In which styles libyaml's emitter lets a text be written. */
export interface TextAnalysis {
  readonly hasBreaks: boolean;
  readonly allowsPlain: boolean;
  readonly allowsSingleQuotes: boolean;
  /** As a `|` block. */
  readonly allowsBlock: boolean;
}

const BLANKS_AND_BREAKS = new Set(['', ' ', '\t', '\n', '\r', '\0', '\u0085', '\u2028', '\u2029']);

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * What is written as it is: no tab, no byte order mark, and nothing beyond 16 bits. The two breaks of Unicode are
 * escaped here; Ruby does so only where it has quotes already.
 */
export const isPrintable = (code: number): boolean =>
  (code >= 0x20 && code <= 0x7e) ||
  (code >= 0xa0 && code <= 0xd7ff && code !== 0x2028 && code !== 0x2029) ||
  (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff);

export const analyzeText = (text: string): TextAnalysis => {
  if (text === '') return { hasBreaks: false, allowsPlain: true, allowsSingleQuotes: true, allowsBlock: false };
  const { hasBreaks, hasSpecial, spaceBeforeBreak, breakBeforeSpace } = findBreaks(text);
  const edges = /^[ \n]|[ \n]$/.test(text);
  const clean = !spaceBeforeBreak && !hasSpecial;
  return {
    hasBreaks,
    allowsPlain: clean && !edges && !hasBreaks && !breakBeforeSpace && !hasIndicators(text),
    allowsSingleQuotes: clean && !breakBeforeSpace,
    allowsBlock: clean && !text.endsWith(' '),
  };
};

interface Breaks {
  readonly hasBreaks: boolean;
  readonly hasSpecial: boolean;
  readonly spaceBeforeBreak: boolean;
  readonly breakBeforeSpace: boolean;
}

const findBreaks = (text: string): Breaks => {
  let [hasBreaks, hasSpecial, spaceBeforeBreak, breakBeforeSpace] = [false, false, false, false];
  let before: 'space' | 'break' | 'other' = 'other';
  for (let index = 0; index < text.length; index += 1) {
    // Both halves of a character beyond 16 bits count as special, as it does
    const code = text.charCodeAt(index);
    if (code === NEWLINE || code === RETURN) {
      hasBreaks = true;
      if (code === RETURN) hasSpecial = true;
      if (before === 'space') spaceBeforeBreak = true;
      before = 'break';
    } else if (code === 0x20) {
      if (before === 'break') breakBeforeSpace = true;
      before = 'space';
    } else {
      if (!isPrintable(code)) hasSpecial = true;
      before = 'other';
    }
  }
  return { hasBreaks, hasSpecial, spaceBeforeBreak, breakBeforeSpace };
};

/** Something in it would be taken for YAML outside of quotes. */
const hasIndicators = (text: string): boolean => {
  if (/^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`])/.test(text)) return true;
  if (/^[?:-]/.test(text) && BLANKS_AND_BREAKS.has(text.charAt(1))) return true;
  for (let index = 1; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === ':' && BLANKS_AND_BREAKS.has(text.charAt(index + 1))) return true;
    if (character === '#' && BLANKS_AND_BREAKS.has(text.charAt(index - 1))) return true;
  }
  return false;
};
