import type { Keyword } from './keyword.ts';
import { isText } from './node-tests.ts';

/** As written; expanded when the pipeline is made. Its form is checked at the job. */
export const resourceGroupKeyword: Keyword<string> = {
  name: 'resource_group',
  read: ({ node }) => (isText(node) && node.text.trim() !== '' ? node.text : undefined),
};
