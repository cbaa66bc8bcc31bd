import { LIMITS } from '../limits.ts';
import type { Keyword } from './keyword.ts';
import { isNestedListOf, isTextOrSymbol, textsOf } from './node-tests.ts';
import { fail, type Place } from './place.ts';

/** A text, or a list of texts, or lists of lists (from `!reference`). */
const readScript = (place: Place): readonly string[] | undefined => {
  if (isTextOrSymbol(place.node) || isNestedListOf(isTextOrSymbol)(place.node)) return textsOf(place.node);
  fail(place, 'config', `should be a string or a nested array of strings up to ${LIMITS.nestedArrays} levels deep`);
  return undefined;
};

const scriptLike = (name: string): Keyword<readonly string[]> => ({ name, read: readScript });

export const scriptKeyword = scriptLike('script');
export const beforeScriptKeyword = scriptLike('before_script');
export const afterScriptKeyword = scriptLike('after_script');
export const preGetSourcesScriptKeyword = scriptLike('pre_get_sources_script');
export const commandKeyword = scriptLike('command');
