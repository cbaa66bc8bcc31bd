import type { Diagnostic } from '../../ci-lang/index.ts';
import { visible } from '../visible.ts';
import { type LintReport, placeOf } from './lint-report.ts';
import { sourceExcerpt } from './source-excerpt.ts';

type Paint = (code: number, text: string) => string;

const RED = 31;
const YELLOW = 33;
const GREEN = 32;
const DIM = 2;

/** For people: each finding with its line, and a summary. */
export const printHuman = (report: LintReport, options: { readonly colours: boolean }): string => {
  const paint: Paint = (code, text) => (options.colours ? `\u001B[${code}m${text}\u001B[0m` : text);
  const { errors, warnings } = report.result;
  const findings = [...errors, ...warnings].map((diagnostic) => printFinding(diagnostic, report, paint));
  return `${[...findings, summaryOf(report, paint)].join('\n')}\n`;
};

const printFinding = (diagnostic: Diagnostic, report: LintReport, paint: Paint): string => {
  const { severity, message, hint, file } = diagnostic;
  const colour = severity === 'error' ? RED : YELLOW;
  const excerpt = sourceExcerpt(diagnostic, report.project.textOf(file));
  return [
    `${visible(placeOf(diagnostic, report))}: ${paint(colour, `${severity}:`)} ${visible(message)}`,
    ...excerpt.map((line) => paint(DIM, visible(line))),
    ...(hint === undefined ? [] : [`  hint: ${visible(hint)}`]),
    '',
  ].join('\n');
};

const summaryOf = ({ file, result }: LintReport, paint: Paint): string => {
  const { valid, errors, warnings, jobs } = result;
  const stages = new Set(jobs.map(({ stage }) => stage)).size;
  const found = [
    ...(valid ? [`${count(jobs.length, 'job')} in ${count(stages, 'stage')}`] : [count(errors.length, 'error')]),
    ...(warnings.length > 0 ? [count(warnings.length, 'warning')] : []),
  ];
  const verdict = valid ? paint(GREEN, 'valid') : paint(RED, 'not valid');
  return `${file === '-' ? 'The input' : visible(file)} is ${verdict}: ${found.join(', ')}`;
};

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
