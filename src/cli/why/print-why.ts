import { type Explanation, explainInclude, explainJob, explainWorkflow } from '../../ci-lang/index.ts';
import { visible } from '../visible.ts';
import { verdictOf, type WhyReport } from './why-report.ts';

/** For people: includes that have rules, the workflow, then every job with the rules that were looked at. */
export const printWhy = (report: WhyReport): string => {
  const { includes, workflow, jobs } = report.trace;
  const explanations = [
    ...includes.map(explainInclude),
    ...(workflow === undefined ? [] : [explainWorkflow(workflow)]),
    ...jobs.map(explainJob),
  ];
  return visible([verdictOf(report), '', ...explanations.flatMap(linesOf), ''].join('\n'));
};

const linesOf = ({ sentence, rules }: Explanation): readonly string[] => [
  sentence,
  ...rules.map((rule) => `  ${rule}`),
];
