import { presentTrace } from '../../ci-lang/index.ts';
import { asLines, JSON_VERSION, presentDiagnostic } from '../lint/print-json.ts';
import { verdictOf, type WhyReport } from './why-report.ts';

/** For programs: docs/cli.md says what the fields mean. */
export const printWhyJson = (report: WhyReport): string => {
  const { result, project, trace } = report;
  const { source, ref, tag } = project.input.facts;
  const errors = result.kind === 'config_error' ? result.errors : [];
  return asLines({
    version: JSON_VERSION,
    source,
    ref,
    tag,
    outcome: result.kind,
    sentence: verdictOf(report),
    errors: errors.map((error) => presentDiagnostic(error, project.nameOf)),
    ...presentTrace(trace),
  });
};
