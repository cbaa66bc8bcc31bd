import { should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { textsOf } from './node-tests.ts';
import { fail } from './place.ts';

/** Only its form is looked at here: the parents were merged in before. */
export const extendsKeyword: Keyword<readonly string[]> = {
  name: 'extends',
  check: (job, node) => {
    const { holds, message } = should.beTextsOrText;
    if (!holds(node)) fail(job, 'extends', message);
  },
  read: ({ node }) => textsOf(node),
};
