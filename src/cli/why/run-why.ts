import { compile, type DecisionTrace, suggestName } from '../../ci-lang/index.ts';
import { printHuman } from '../lint/print-human.ts';
import { withOfflineHints } from '../offline/offline-hints.ts';
import type { OfflineFlags } from '../offline/offline-options.ts';
import { openProject } from '../offline/open-project.ts';
import type { Terminal } from '../terminal.ts';
import { visible } from '../visible.ts';
import { printWhy } from './print-why.ts';
import { printWhyJson } from './print-why-json.ts';
import type { WhyReport } from './why-report.ts';

export interface WhyFlags extends OfflineFlags {
  readonly format: string;
}

/**
 * Prints why the jobs of a pipeline are in it or not and answers the exit status: 1 when the configuration is not valid
 * or has no such job. A job is asked for by its name, or by the name that its `parallel` instances share.
 */
export const runWhy = async (
  file: string,
  job: string | undefined,
  flags: WhyFlags,
  terminal: Terminal,
): Promise<number> => {
  const project = await openProject(file, flags, terminal, { commit: true });
  const result = await compile({ ...project.input, purpose: 'lint' }, project.host);
  const isJson = flags.format === 'json';
  if (result.kind === 'config_error' && !isJson) {
    const { warnings } = result;
    const errors = withOfflineHints(result.errors);
    terminal.out(
      printHuman({ file, result: { valid: false, errors, warnings, includes: [], jobs: [] }, project }, terminal),
    );
    return 1;
  }
  const { trace } = result;
  const jobs = job === undefined ? trace.jobs : trace.jobs.filter(({ name }) => isNamed(name, job));
  const isUnknown = job !== undefined && jobs.length === 0 && trace.jobs.length > 0;
  const report: WhyReport = { project, result, trace: { ...trace, jobs } };
  terminal.out(isJson ? printWhyJson(report) : printWhy(report));
  if (isUnknown && !isJson) terminal.out(`${unknownJob(job, trace)}\n`);
  return result.kind === 'config_error' || isUnknown ? 1 : 0;
};

const isNamed = (name: string, asked: string): boolean =>
  name === asked || (name.startsWith(asked) && /^(?:: \[.*\]| \d+\/\d+)$/s.test(name.slice(asked.length)));

const unknownJob = (asked: string, { jobs }: DecisionTrace): string => {
  const meant = suggestName(
    asked,
    jobs.map(({ name }) => name),
  );
  return visible(
    `There is no job \`${asked}\` in the configuration.${meant === undefined ? '' : ` Did you mean \`${meant}\`?`}`,
  );
};
