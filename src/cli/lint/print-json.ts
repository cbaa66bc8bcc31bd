import { type Diagnostic, presentLintJob } from '../../ci-lang/index.ts';
import type { LintReport } from './lint-report.ts';

/** Raised when a field changes its meaning or goes; fields may be added. */
export const JSON_VERSION = 1;

/** For programs: docs/cli.md says what the fields mean. */
export const printJson = ({ file, result, project }: LintReport): string => {
  const present = (diagnostic: Diagnostic) => presentDiagnostic(diagnostic, project.nameOf);
  return asLines({
    version: JSON_VERSION,
    file,
    valid: result.valid,
    errors: result.errors.map(present),
    warnings: result.warnings.map(present),
    includes: result.includes.map(presentInclude),
    jobs: result.jobs.map(presentLintJob),
    merged_yaml: result.mergedYaml ?? null,
  });
};

const presentInclude = ({ type, location, extra }: LintReport['result']['includes'][number]) => ({
  type,
  location,
  extra,
});

export const presentDiagnostic = (
  { message, hint, file, line, column, path }: Diagnostic,
  nameOf: (file: string) => string,
) => ({ message, hint: hint ?? null, file: nameOf(file), line: line ?? null, column: column ?? null, path });

export const asLines = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
