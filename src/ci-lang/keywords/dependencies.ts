import { should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { textsOf } from './node-tests.ts';
import { fail } from './place.ts';

/** Names of jobs whose artifacts are fetched; checked at the job. */
export const dependenciesKeyword: Keyword<readonly string[]> = {
  name: 'dependencies',
  check: (job, node) => {
    const { holds, message } = should.beTexts;
    if (!holds(node)) fail(job, 'dependencies', message);
  },
  read: ({ node }) => textsOf(node),
};
