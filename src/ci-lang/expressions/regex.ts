import { RE2JS } from 're2js';
import { estimateRegexSteps } from '../../kit/regex-size.ts';
import { LIMITS } from '../limits.ts';
import { remembering } from '../remember.ts';
import { spendSteps } from './regex-meter.ts';

/** A compiled regular expression of RE2's syntax: linear time, no look-around, no back-references. */
export interface Regex {
  /** Whether it matches anywhere in the text. */
  readonly test: (text: string) => boolean;
  /** Instructions of its program: a test takes time in proportion to them and to the length of the text. */
  readonly size: number;
}

/** RE2 itself gives up on programs beyond 8 MB; what is written by hand is far shorter. */
const MAX_LENGTH = 10_000;

/**
 * Compiles a pattern with flags of `i` (ignore case), `s` (`.` takes newlines), `m` (`^ $` at lines), `U` (lazy).
 * Undefined when RE2 does not accept it.
 * Throws `TooManyPatterns` when the meter of this compilation has run out.
 */
export function compileRegex(body: string, flags = ''): Regex | undefined {
  const steps = body.length > MAX_LENGTH ? Number.POSITIVE_INFINITY : estimateRegexSteps(body);
  if (steps > LIMITS.regexSteps) return undefined;
  spendSteps(steps);
  try {
    const regex = RE2JS.compile(flags === '' ? body : `(?${flags})${body}`);
    return { test: (text) => regex.test(text), size: regex.programSize() };
  } catch {
    return undefined;
  }
}

export interface RegexLiteral {
  readonly body: string;
  readonly flags: string;
}

/**
 * Takes `/body/flags` out of a text, with each `\/` read as `/`. Like GitLab it looks at the lines one by one and takes
 * the first that has this form. Undefined when none has.
 */
export function splitRegexLiteral(text: string): RegexLiteral | undefined {
  for (const line of text.replaceAll('\\/', '/').split('\n')) {
    const end = line.lastIndexOf('/');
    const flags = line.slice(end + 1);
    if (end > 0 && line.startsWith('/') && /^[ismU]*$/.test(flags)) return { body: line.slice(1, end), flags };
  }
  return undefined;
}

/** Compiles a text of the form `/body/flags`; undefined when it has another form or RE2 refuses it. */
export const compileRegexLiteral: (text: string) => Regex | undefined = remembering((text) => {
  const literal = splitRegexLiteral(text);
  return literal === undefined ? undefined : compileRegex(literal.body, literal.flags);
});
