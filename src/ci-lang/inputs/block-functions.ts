import { expandOnce, type Variable } from '../variables/index.ts';
import type { InterpolationBudget } from './interpolation-budget.ts';

/** What functions may look at. */
export interface FunctionContext {
  /** The variables that includes see. */
  readonly findVariable: (name: string) => Variable | undefined;
  readonly budget: InterpolationBudget;
}

interface BlockFunction {
  readonly name: string;
  readonly pattern: RegExp;
  /** Throws FunctionError. */
  readonly apply: (text: string, call: RegExpExecArray, context: FunctionContext) => string;
}

/** A function that cannot be applied. */
export class FunctionError extends Error {}

/** One pass over the raw values; unknown names stay as written. */
const expandVars: BlockFunction = {
  name: 'expand_vars',
  pattern: /^expand_vars$/,
  apply: (text, _call, { findVariable, budget }) => {
    const lookup = (name: string): string | undefined => {
      const variable = findVariable(name);
      if (variable?.masked === true) {
        throw new FunctionError('variable expansion error: masked variables cannot be expanded');
      }
      budget.spendCharacters(variable?.value.length ?? 0);
      return variable?.value;
    };
    return expandOnce(text, lookup, 'existing');
  },
};

/** `truncate(offset, length)` in characters. As in GitLab the closing parenthesis may be missing. */
const truncate: BlockFunction = {
  name: 'truncate',
  pattern: /^truncate\(\s*(\d+)\s*,\s*(\d+)\s*\)?$/,
  apply: (text, [, offset = '', length = '']) => {
    const from = Number(offset);
    const to = from + Number(length);
    return /[\ud800-\udfff]/.test(text) ? [...text].slice(from, to).join('') : text.slice(from, to);
  },
};

/** Backslashes before whatever a POSIX shell could read as its own. */
const posixEscape: BlockFunction = {
  name: 'posix_escape',
  pattern: /^posix_escape$/,
  apply: (text) => (text === '' ? "''" : text.replace(/[^A-Za-z0-9_\-.,:+/@\n]/gu, '\\$&').replaceAll('\n', "'\n'")),
};

const FUNCTIONS: readonly BlockFunction[] = [expandVars, truncate, posixEscape];

export const FUNCTION_NAMES: readonly string[] = FUNCTIONS.map(({ name }) => name);

/** A function as a block calls it; undefined when there is none that is called so. */
export const findFunction = (
  written: string,
): ((text: string | undefined, context: FunctionContext) => string) | undefined => {
  for (const { name, pattern, apply } of FUNCTIONS) {
    const call = pattern.exec(written);
    if (call === null) continue;
    return (text, context) => {
      if (text === undefined) {
        throw named(name, `invalid input type: ${name} can only be used with string inputs`);
      }
      context.budget.spendCharacters(text.length);
      try {
        return apply(text, call, context);
      } catch (error) {
        throw error instanceof FunctionError ? named(name, error.message) : error;
      }
    };
  }
  return undefined;
};

const named = (name: string, problem: string): FunctionError =>
  new FunctionError(`error in \`${name}\` function: ${problem}`);
