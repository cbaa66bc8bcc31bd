import type { RE2JS } from 're2js';
import { boundedRegex } from '../../kit/bounded-regex.ts';

/** Finds a percentage in lines of a log. Made by `coverageFinder`. */
export type FindCoverage = (lines: readonly string[]) => number | undefined;

/** Longer lines are no summary of a test run; they are looked at up to here (characters). */
const MAX_LINE = 10_000;
const NUMBER = /\d+(?:\.\d+)?/;

/**
 * GitLab's reading of `coverage: /regex/`: the last line that matches; in it the last match, or the last group of that
 * match where the expression has groups; in that the first number. A match without a number does not count. RE2, so a
 * hostile expression costs linear time. Undefined when the expression is none, or too large.
 */
export function coverageFinder(expression: string): FindCoverage | undefined {
  const regex = compile(expression);
  if (regex === undefined) return undefined;
  return (lines) => {
    for (let index = lines.length - 1; index >= 0; index -= 1) {
      const found = lastMatch(regex, (lines[index] ?? '').slice(0, MAX_LINE));
      const number = found === undefined ? undefined : NUMBER.exec(found)?.[0];
      if (number !== undefined) return Number(number);
    }
    return undefined;
  };
}

function lastMatch(regex: RE2JS, line: string): string | undefined {
  const matcher = regex.matcher(line);
  const groups = matcher.groupCount();
  let last: string | undefined;
  while (matcher.find()) last = matcher.group(groups) ?? undefined;
  return last;
}

/** `/body/flags` as the configuration has it; each `\/` is a slash. */
function compile(expression: string): RE2JS | undefined {
  const match = /^\/(.+)\/([ismU]*)$/s.exec(expression.trim());
  if (match === null) return undefined;
  const [, body = '', flags = ''] = match;
  return boundedRegex(body.replaceAll('\\/', '/'), flags);
}
