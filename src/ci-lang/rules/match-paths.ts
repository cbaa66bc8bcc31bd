import type { ConfigPlace } from '../config-host.ts';
import { matchAnyPath, matchExistingPath, type PathsAnswer } from '../globs/index.ts';
import type { ChangesClause } from '../keywords/rule-changes.ts';
import type { ExistsClause } from '../keywords/rule-exists.ts';
import { seeReferences } from '../trace/see-values.ts';
import type { PathsTrace } from '../trace/trace.ts';
import { matchRegexp } from './match-regexp.ts';
import { type RuleContext, RuleError } from './rule-context.ts';

/** Without a diff to look at it holds; an empty diff never does. Throws `RuleError` for an unknown `compare_to`. */
export const matchChanges = async (clause: ChangesClause, context: RuleContext): Promise<PathsTrace> => {
  const { variables, repository } = context;
  const compareTo = clause.compareTo === undefined ? undefined : variables.expand(clause.compareTo);
  const changed = await repository.changedFiles(compareTo);
  if (changed === 'invalid_ref') throw new RuleError('rules:changes:compare_to is not a valid ref');
  const patterns = patternsOf(clause);
  const asked = { kind: 'changes', patterns, ...(compareTo === undefined ? {} : { compareTo }) } as const;
  if (changed === undefined) return withoutDiff(asked, context);
  if (clause.regexp !== undefined) {
    const regexp = variables.expand(clause.regexp);
    const answer = matchRegexp('rules:changes', regexp, changed, ['changes', compareTo ?? ''], repository);
    return traceOf(asked, answer, changed.length, context);
  }
  const globs = [...new Set(clause.paths.map((path) => variables.expand(path)))];
  const answer = changed.length === 0 || globs.length === 0 ? NOTHING : compare(globs, changed, compareTo, context);
  return traceOf(asked, answer, changed.length, context);
};

/**
 * Whether the commit has a file for one of the patterns; nobody's commit has none. Throws `RuleError` for another
 * project or ref that is not there for the user.
 */
export const matchExists = async (clause: ExistsClause, context: RuleContext): Promise<PathsTrace> => {
  const { variables, repository } = context;
  const { paths, project, ref } = clause;
  const patterns = patternsOf(clause);
  const asked = { kind: 'exists', patterns, ...(project === undefined ? {} : { project }) } as const;
  const written = [project ?? '', ref ?? ''];
  if (patterns.length === 0) return traceOf(asked, NOTHING, 0, context, written);
  const place = await placeOf(clause, context);
  if (place === 'nowhere') return traceOf(asked, NOTHING, 0, context, written);
  const files = await repository.listFiles(place);
  if (clause.regexp !== undefined) {
    const regexp = variables.expand(clause.regexp);
    const answer = matchRegexp('rules:exists', regexp, files, ['exists', placeKey(place)], repository);
    return traceOf(asked, answer, files.length, context, written);
  }
  const globs = paths.map((path) => variables.expand(path));
  const answer = repository.answer(['exists', placeKey(place), ...globs], globs, files, matchExistingPath);
  return traceOf(asked, answer, files.length, context, written);
};

/** As written. */
const patternsOf = ({ paths, regexp }: ChangesClause | ExistsClause): readonly string[] =>
  regexp === undefined ? paths : [regexp];

const placeKey = (place: ConfigPlace | undefined): string =>
  place === undefined ? '' : `${place.project}@${place.sha}`;

/** Undefined: the pipeline's own commit. A project without any commit has no files. */
const placeOf = async (
  { project, ref }: ExistsClause,
  { variables, repository, place, as = 'pipeline_user' }: RuleContext,
): Promise<ConfigPlace | 'nowhere' | undefined> => {
  if (project === undefined) return place;
  const path = variables.expand(project);
  const wanted = ref === undefined ? {} : { ref: variables.expand(ref) };
  const answer = await repository.findProject({ path: path.toLowerCase(), ...wanted, as, followMoves: false });
  if (answer.kind === 'found') return answer.place;
  const shown = variables.hide(path);
  if (answer.kind === 'not_found') throw new RuleError(`rules:exists:project \`${shown}\` is not a valid project path`);
  if (wanted.ref === undefined) return 'nowhere';
  const shownRef = variables.hide(wanted.ref);
  throw new RuleError(`rules:exists:ref \`${shownRef}\` is not a valid ref in project \`${shown}\``);
};

/** `only:changes`: as `rules:changes`, but the patterns are taken as they are written. */
export const matchPolicyChanges = async (globs: readonly string[], context: RuleContext): Promise<PathsTrace> => {
  const changed = await context.repository.changedFiles();
  const asked = { kind: 'changes', patterns: globs } as const;
  if (changed === undefined || changed === 'invalid_ref') return withoutDiff(asked, context);
  return traceOf(asked, compare(globs, changed, undefined, context), changed.length, context);
};

const NOTHING: PathsAnswer = { because: 'no_path_matches' };

type Asked = Pick<PathsTrace, 'kind' | 'patterns' | 'compareTo' | 'project'>;

const compare = (
  globs: readonly string[],
  changed: readonly string[],
  compareTo: string | undefined,
  { repository }: RuleContext,
): PathsAnswer => repository.answer(['changes', compareTo ?? '', ...globs], globs, changed, matchAnyPath);

const withoutDiff = (asked: Asked, context: RuleContext): PathsTrace => ({
  ...asked,
  holds: true,
  because: 'no_diff_available',
  values: seeReferences(asked.patterns, context.variables),
});

const traceOf = (
  asked: Asked,
  answer: PathsAnswer,
  candidates: number,
  context: RuleContext,
  alsoWritten: readonly string[] = [],
): PathsTrace => ({
  ...asked,
  ...answer,
  holds: answer.because !== 'no_path_matches',
  candidates,
  values: seeReferences([...asked.patterns, ...alsoWritten], context.variables),
});
