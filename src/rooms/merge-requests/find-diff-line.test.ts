import { describe, expect, it } from 'vitest';
import { findDiffLine } from './find-diff-line.ts';

const PATCH = `@@ -1,4 +1,4 @@ a heading
 one
-two
+second
 three
-four
\\ No newline at end of file
@@ -10,0 +11,2 @@
+eleven
+twelve
`;

describe('a line of a patch', () => {
  it.each([
    [2, 'new', { old: 3, new: 2 }],
    [2, 'old', { old: 2, new: 2 }],
    [4, 'old', { old: 4, new: 4 }],
    [12, 'new', { old: 10, new: 12 }],
    // Neither added nor removed.
    [1, 'new', undefined],
    [3, 'old', undefined],
    [99, 'new', undefined],
  ] as const)('%i, %s', (line, type, place) => {
    expect(findDiffLine(PATCH, line, type)).toEqual(place);
  });
});
