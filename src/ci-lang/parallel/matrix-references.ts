import type { JobDefinition } from '../keywords/job-definition.ts';
import type { NeedDefinition } from '../keywords/need.ts';
import type { SourcePosition } from '../yaml/index.ts';

export interface MatrixProblem {
  readonly message: string;
  readonly position: SourcePosition;
  readonly job: string;
}

const REFERENCE = /\$\[\[\s*matrix\.([\w-]+)\s*\]\]/g;

/** Puts the values of a job's instance in place of `$[[ matrix.NAME ]]` in its needs. */
export const putInMatrixValues = (
  jobName: string,
  needs: readonly NeedDefinition[],
  { variables }: JobDefinition,
  problems: MatrixProblem[],
): readonly NeedDefinition[] => {
  const values = new Map(variables.map(({ key, value }) => [key, value] as const));
  const replace = (text: string, { position }: NeedDefinition): string =>
    text.replace(REFERENCE, (written, name: string) => {
      const value = values.get(name);
      if (value !== undefined) return value;
      const message = `${jobName} job: '${name}' does not exist in matrix configuration`;
      if (!problems.some((known) => known.message === message)) problems.push({ message, position, job: jobName });
      return written;
    });
  return needs.map((need) => {
    const name = replace(need.name, need);
    if (need.matrix === undefined) return { ...need, name };
    const matrix = need.matrix.map((row) =>
      row.map(({ key, values: texts }) => ({ key, values: texts.map((text) => replace(text, need)) })),
    );
    return { ...need, name, matrix };
  });
};
