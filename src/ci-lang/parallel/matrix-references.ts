import type { CompiledCrossDependency } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import type { JobDefinition } from '../keywords/job-definition.ts';
import type { NeedDefinition } from '../keywords/need.ts';
import type { SourcePosition } from '../yaml/index.ts';

export interface MatrixProblem {
  readonly message: string;
  readonly position: SourcePosition;
  readonly job: string;
}

const REFERENCE = /\$\[\[\s*matrix\.([\w-]+)\s*\]\]/g;

/** Puts the values of a job's instance in place of `$[[ matrix.NAME ]]` in its needs, also those of other pipelines. */
export const putInMatrixValues = (jobName: string, job: JobDefinition, problems: MatrixProblem[]): JobDefinition => {
  const values = new Map(job.variables.map(({ key, value }) => [key, value] as const));
  const replace = (text: string, position = job.position): string =>
    text.replace(REFERENCE, (written, name: string) => {
      const value = values.get(name);
      if (value !== undefined) return value;
      const message = `${jobName} job: '${name}' does not exist in matrix configuration`;
      if (!problems.some((known) => known.message === message)) problems.push({ message, position, job: jobName });
      return written;
    });
  const needs = job.needs?.map((need) => replaceInNeed(need, replace));
  if (job.kind === 'bridge') {
    const mirrors = job.mirrors === undefined ? undefined : replace(job.mirrors);
    return { ...job, ...definedOnly({ needs, mirrors }) };
  }
  const crossDependencies = job.crossDependencies?.map((need) => replaceElsewhere(need, replace));
  return { ...job, ...definedOnly({ needs, crossDependencies }) };
};

type Replace = (text: string, position?: SourcePosition) => string;

const replaceInNeed = (need: NeedDefinition, replace: Replace): NeedDefinition => {
  const { position } = need;
  const name = replace(need.name, position);
  if (need.matrix === undefined) return { ...need, name };
  const matrix = need.matrix.map((row) =>
    row.map(({ key, values }) => ({ key, values: values.map((text) => replace(text, position)) })),
  );
  return { ...need, name, matrix };
};

const replaceElsewhere = (need: CompiledCrossDependency, replace: Replace): CompiledCrossDependency =>
  need.kind === 'pipeline'
    ? { ...need, pipeline: replace(need.pipeline), job: replace(need.job) }
    : { ...need, project: replace(need.project), ref: replace(need.ref), job: replace(need.job) };
