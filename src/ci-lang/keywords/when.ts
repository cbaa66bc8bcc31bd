import type { JobWhen } from '../../wire/statuses.ts';
import { beOneOf, checkNode, should } from './checks.ts';
import type { Keyword } from './keyword.ts';

const WHENS = ['on_success', 'on_failure', 'always', 'manual', 'delayed'] as const satisfies readonly JobWhen[];

export const JOB_WHENS: readonly string[] = WHENS;

export const parseWhen = (text: string): JobWhen | undefined => WHENS.find((when) => when === text);

const whenLike = (whens: readonly JobWhen[]): Keyword<JobWhen> => ({
  name: 'when',
  check: (job, node) =>
    checkNode(job, 'when', node, should.beText, beOneOf(whens, `should be one of: ${whens.join(', ')}`)),
  read: ({ node }) => (node.kind === 'scalar' ? parseWhen(node.text) : undefined),
});

/** A job's own `when`; checked at the job. */
export const whenKeyword = whenLike(WHENS);
/** A trigger job cannot be delayed by itself (a rule of it can). */
export const triggerWhenKeyword = whenLike(WHENS.filter((when) => when !== 'delayed'));
