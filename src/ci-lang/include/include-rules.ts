import { ConfigError, configError } from '../config-error.ts';
import { metered } from '../expressions/index.ts';
import { errorsOf, givenEntry, placeInside, rootPlace } from '../keywords/place.ts';
import { includeRulesKeyword } from '../keywords/rules.ts';
import { findMatchingRule } from '../rules/match-rule.ts';
import { rulesTrace } from '../trace/rules-trace.ts';
import type { YamlMap } from '../yaml/index.ts';
import type { IncludeContext } from './include-context.ts';

/** Whether the rules of an include let it in; without rules they do. A matching rule without `when` includes. */
export const includeIsWanted = async (item: YamlMap, context: IncludeContext): Promise<boolean> => {
  const entry = givenEntry(item, 'rules');
  if (entry === undefined) return true;
  const root = rootPlace(item);
  // The location of the rules themselves is `rules`; inside, GitLab's messages leave it out.
  const place = { ...placeInside(root, 'rules', entry.value, entry.key.position), label: '', shownAs: 'rules' };
  const rules = metered(context.repository.regexes, () => includeRulesKeyword.read(place));
  const [first, ...rest] = [...place.own, ...place.inner.flatMap(errorsOf)].map((error) => ({
    ...error,
    message: `include:${error.message.replace(/^rules:/, '')}`,
    path: ['include', ...error.path],
  }));
  if (first !== undefined) throw new ConfigError([first, ...rest]);
  const { scope, repository } = context;
  const { variables, as } = scope;
  const seen = { variables, repository, as, place: scope.place ?? 'nowhere' } as const;
  const verdict = await findMatchingRule(rules ?? [], seen);
  const trace = rulesTrace(verdict);
  const { file, line, column } = item.position;
  const location = variables.hide(locationOf(item));
  context.decisions.push({ ...trace, location, at: { file, line, column } });
  if (trace.problem === undefined) return trace.outcome === 'included';
  throw configError(`include:${trace.problem}`, entry.key.position, ['include', 'rules']);
};

/** What the include names, as written: of several texts the first. */
const locationOf = (item: YamlMap): string => {
  const named = item.entries.find(({ name, value }) => name !== 'rules' && value.kind === 'scalar');
  return named?.value.kind === 'scalar' ? named.value.text : '';
};
