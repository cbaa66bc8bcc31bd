import { RE2JS } from 're2js';
import { estimateRegexSteps } from './regex-size.ts';

/** The same as in configurations: what is written by hand is far shorter. */
const MOST_STEPS = 2500;
const MAX_LENGTH = 10_000;

/**
 * Compiles somebody's regular expression in RE2's syntax, flags of `ismU`. Undefined when RE2 does not accept it, and, before any work,
 * when its program would be longer than 2,500 steps with its repetitions written out. Pure.
 */
export const boundedRegex = (body: string, flags = ''): RE2JS | undefined => {
  if (body.length > MAX_LENGTH || estimateRegexSteps(body) > MOST_STEPS) return undefined;
  try {
    return RE2JS.compile(flags === '' ? body : `(?${flags})${body}`);
  } catch {
    return undefined;
  }
};
