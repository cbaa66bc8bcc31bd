import type { Keyword } from './keyword.ts';
import { isText } from './node-tests.ts';

/** What a person is asked before a manual job is started; checked at the job. */
export const manualConfirmationKeyword: Keyword<string> = {
  name: 'manual_confirmation',
  read: ({ node }) => (isText(node) ? node.text : undefined),
};
