/** A place in a text, all 0-based; `index` counts UTF-16 units, `column` counts characters as libyaml does. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

export const START: Mark = { index: 0, line: 0, column: 0 };

/**
 * A text that libyaml would refuse, in its words. GitLab shows `<problem> <context> at line L column C`
 * with the place of the *context* (where the construct began); `mark` is the place of the problem itself.
 */
export class YamlSyntaxError extends Error {
  readonly contextMark: Mark;
  readonly mark: Mark;

  constructor(problem: string, mark: Mark, context?: { readonly text: string; readonly mark: Mark }) {
    super(`${problem} ${context?.text ?? ''}`.trimEnd());
    this.name = 'YamlSyntaxError';
    this.contextMark = context?.mark ?? mark;
    this.mark = mark;
  }
}
