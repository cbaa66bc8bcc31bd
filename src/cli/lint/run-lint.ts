import { dryRun, lint } from '../../ci-lang/index.ts';
import { withOfflineHints } from '../offline/offline-hints.ts';
import type { OfflineFlags } from '../offline/offline-options.ts';
import { openProject } from '../offline/open-project.ts';
import type { Terminal } from '../terminal.ts';
import type { LintReport } from './lint-report.ts';
import { printHuman } from './print-human.ts';
import { printJson } from './print-json.ts';
import { printSarif } from './print-sarif.ts';

export interface LintFlags extends OfflineFlags {
  readonly format: string;
  readonly dryRun?: boolean;
  readonly strict?: boolean;
}

/** Prints what lint finds and answers the exit status: 0 valid, 1 not valid. Throws ConfigError for a wrong argument. */
export const runLint = async (file: string, flags: LintFlags, terminal: Terminal): Promise<number> => {
  const project = await openProject(file, flags, terminal, { commit: flags.dryRun === true });
  const check = flags.dryRun === true ? dryRun : lint;
  const found = await check(project.input, project.host);
  const result = { ...found, errors: withOfflineHints(found.errors) };
  const report: LintReport = { file, result, project };
  terminal.out(print(report, flags.format, terminal));
  return result.valid && !(flags.strict === true && result.warnings.length > 0) ? 0 : 1;
};

const print = (report: LintReport, format: string, { colours }: Terminal): string => {
  if (format === 'json') return printJson(report);
  return format === 'sarif' ? printSarif(report) : printHuman(report, { colours });
};
