import type { Diagnostic, LintResult } from '../../ci-lang/index.ts';
import type { OfflineProject } from '../offline/open-project.ts';

/** What a report is made of. */
export interface LintReport {
  /** As it was asked for. */
  readonly file: string;
  readonly result: LintResult;
  readonly project: Pick<OfflineProject, 'nameOf' | 'textOf'>;
}

/** `ci/build.yml:3:5`, as far as it is known. */
export const placeOf = ({ file, line, column }: Diagnostic, { project }: LintReport): string =>
  [project.nameOf(file), line, column].filter((part) => part !== undefined).join(':');
