import { ConfigError, configError } from '../config-error.ts';
import { errorsOf, givenEntry, placeInside, rootPlace } from '../keywords/place.ts';
import { includeRulesKeyword } from '../keywords/rules.ts';
import { findMatchingRule } from '../rules/match-rule.ts';
import { RuleError } from '../rules/rule-context.ts';
import type { YamlMap } from '../yaml/index.ts';
import type { IncludeContext } from './include-context.ts';

/** Whether the rules of an include let it in; without rules they do. A matching rule without `when` includes. */
export const includeIsWanted = async (item: YamlMap, context: IncludeContext): Promise<boolean> => {
  const entry = givenEntry(item, 'rules');
  if (entry === undefined) return true;
  const root = rootPlace(item);
  // The location of the rules themselves is `rules`; inside, GitLab's messages leave it out.
  const place = { ...placeInside(root, 'rules', entry.value, entry.key.position), label: '', shownAs: 'rules' };
  const rules = includeRulesKeyword.read(place);
  const [first, ...rest] = [...place.own, ...place.inner.flatMap(errorsOf)].map((error) => ({
    ...error,
    message: `include:${error.message.replace(/^rules:/, '')}`,
    path: ['include', ...error.path],
  }));
  if (first !== undefined) throw new ConfigError([first, ...rest]);
  try {
    const matched = await findMatchingRule(rules ?? [], context.rules);
    return matched !== undefined && matched.when !== 'never';
  } catch (error) {
    if (error instanceof RuleError) {
      throw configError(`include:${error.message}`, entry.key.position, ['include', 'rules']);
    }
    throw error;
  }
};
