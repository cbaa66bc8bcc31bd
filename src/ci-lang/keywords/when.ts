import type { JobWhen } from '../../wire/statuses.ts';
import { beOneOf, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { fail } from './place.ts';

const WHENS = ['on_success', 'on_failure', 'always', 'manual', 'delayed'] as const satisfies readonly JobWhen[];

export const JOB_WHENS: readonly string[] = WHENS;

export const parseWhen = (text: string): JobWhen | undefined => WHENS.find((when) => when === text);

/** A job's own `when`; checked at the job. */
export const whenKeyword: Keyword<JobWhen> = {
  name: 'when',
  check: (job, node) => {
    for (const { holds, message } of [should.beText, beOneOf(WHENS, `should be one of: ${WHENS.join(', ')}`)]) {
      if (!holds(node)) fail(job, 'when', message);
    }
  },
  read: ({ node }) => (node.kind === 'scalar' ? parseWhen(node.text) : undefined),
};
