import { diagnosticAt, findUntilEnough } from '../config-error.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { didYouMean } from '../keywords/did-you-mean.ts';
import type { JobDefinition } from '../keywords/job-definition.ts';
import type { NeedDefinition } from '../keywords/need.ts';
import { LIMITS } from '../limits.ts';
import { findCircularNeeds } from './find-circular-needs.ts';

/**
 * What is wrong between jobs that are sound by themselves, in GitLab's order: per job its stage, dependencies, needs,
 * environment and pages, then circles of needs. GitLab stops at the first.
 */
export const checkJobs = (
  jobs: ReadonlyMap<string, JobDefinition>,
  stages: readonly string[],
): readonly Diagnostic[] => {
  const stageIndex = new Map(stages.map((stage, index) => [stage, index] as const));
  const known: KnownJobs = { jobs, stageIndex, stages, hints: { left: MOST_HINTS } };
  const problems = findUntilEnough(jobs.values(), (job) => [
    ...checkStage(job, known),
    ...checkDependencies(job, job.kind === 'build' ? (job.dependencies ?? []) : [], known),
    ...checkNeeds(job, job.needs ?? [], known),
    ...(job.rules ?? []).flatMap((rule) => checkNeeds(job, rule.needs ?? [], known)),
    // Files that come out of a job's artifacts
    ...checkDependencies(job, job.kind === 'bridge' ? job.artifactJobs : [], known),
    ...checkOnStop(job, known),
    ...checkPublish(job),
  ]);
  return problems.length > 0 ? problems : findCircularNeeds(jobs);
};

interface KnownJobs {
  readonly jobs: ReadonlyMap<string, JobDefinition>;
  readonly stages: readonly string[];
  readonly stageIndex: ReadonlyMap<string, number>;
  readonly hints: { left: number };
}

/** Enough for a person; looking for more would take long where many names are wrong. */
const MOST_HINTS = 10;

/** Adds the name that was meant, if one is close. */
const withHint = (
  diagnostic: Diagnostic,
  name: string,
  candidates: Iterable<string>,
  { hints }: KnownJobs,
): Diagnostic => {
  hints.left -= 1;
  const hint = hints.left < 0 ? undefined : didYouMean([name], [...candidates]);
  return hint === undefined ? diagnostic : { ...diagnostic, hint };
};

const problem = (job: JobDefinition, keyword: string, message: string, position = job.position): Diagnostic =>
  diagnosticAt('error', message, position, ['jobs', job.name, keyword]);

const checkStage = (job: JobDefinition, known: KnownJobs): readonly Diagnostic[] => {
  const { stages, stageIndex } = known;
  if (stageIndex.has(job.stage)) return [];
  const chosen = `${job.name} job: chosen stage ${job.stage} does not exist`;
  const wrong = problem(job, 'stage', `${chosen}; available stages are ${stages.join(', ')}`);
  return [withHint(wrong, job.stage, stages, known)];
};

type Reference =
  | { readonly kind: 'dependency'; readonly name: string }
  | { readonly kind: 'need'; readonly name: string; readonly need: NeedDefinition };

const checkReference = (job: JobDefinition, reference: Reference, known: KnownJobs): readonly Diagnostic[] => {
  const { kind, name } = reference;
  const keyword = kind === 'need' ? 'needs' : job.kind === 'bridge' ? 'trigger' : 'dependencies';
  const position = kind === 'need' ? reference.need.position : job.position;
  const wrong = (what: string): Diagnostic => problem(job, keyword, `${job.name} job: ${what}`, position);
  const target = known.jobs.get(name);
  if (target === undefined) {
    // An optional job may live in a file that was not included.
    if (kind === 'need' && reference.need.optional) return [];
    return [withHint(wrong(`undefined ${kind}: ${name}`), name, known.jobs.keys(), known)];
  }
  if (kind === 'need' && name.length > LIMITS.needNameLength) {
    return [wrong(`need \`${name}\` name is too long (maximum is ${LIMITS.needNameLength} characters)`)];
  }
  const own = known.stageIndex.get(job.stage);
  const others = known.stageIndex.get(target.stage);
  if (own !== undefined && others !== undefined && others <= own) return [];
  return [wrong(`${kind} ${name} is not defined in current or prior stages`)];
};

const checkDependencies = (job: JobDefinition, names: readonly string[], known: KnownJobs): readonly Diagnostic[] =>
  names.flatMap((name) => checkReference(job, { kind: 'dependency', name }, known));

const checkNeeds = (job: JobDefinition, needs: readonly NeedDefinition[], known: KnownJobs): readonly Diagnostic[] => {
  const wrong = needs.flatMap((need) => checkReference(job, { kind: 'need', name: need.name, need }, known));
  const seen = new Set<string>();
  const repeated = new Set(needs.filter(({ name }) => seen.size === seen.add(name).size).map(({ name }) => name));
  if (repeated.size === 0) return wrong;
  const message = `${job.name} has the following needs duplicated: ${[...repeated].join(', ')}.`;
  return [...wrong, problem(job, 'needs', message)];
};

const checkOnStop = (job: JobDefinition, known: KnownJobs): readonly Diagnostic[] => {
  const onStop = job.environment?.onStop;
  if (onStop === undefined) return [];
  const stopper = known.jobs.get(onStop);
  const complain = (what: string): readonly [Diagnostic] => [
    problem(job, 'environment', `${job.name} job: on_stop job ${onStop} ${what}`),
  ];
  if (stopper === undefined) return [withHint(complain('is not defined')[0], onStop, known.jobs.keys(), known)];
  if (stopper.environment === undefined) return complain('does not have environment defined');
  if (stopper.environment.name !== job.environment?.name) return complain('have different environment name');
  return stopper.environment.action === 'stop' ? [] : complain('needs to have action stop defined');
};

const checkPublish = (job: JobDefinition): readonly Diagnostic[] => {
  if (job.kind === 'bridge' || !job.publishesTwice) return [];
  const { name } = job;
  return [problem(job, 'publish', `${name} job: use either ${name}:publish or ${name}:pages:publish`)];
};
