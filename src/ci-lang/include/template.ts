import { suggestName } from '../suggest-name.ts';
import { addressProblem, givenNode, type IncludeKind, isBlankText, problem, textOf } from './include-kind.ts';
import { outsideScope } from './outside-scope.ts';

const SUFFIX = '.gitlab-ci.yml';

/** One of the server's own templates. */
export const templateInclude: IncludeKind = {
  name: 'template',
  locate: (item, { scope, repository }) => {
    const node = givenNode(item, 'template');
    if (node === undefined) return undefined;
    const name = textOf(node);
    const shown = scope.variables.hide(name);
    const address = { type: 'template', shown, extra: {} } as const;
    const wrong = addressProblem(node, name, shown);
    if (wrong !== undefined) return { ...address, problem: wrong };
    if (!name.endsWith(SUFFIX)) {
      return { ...address, problem: { message: `Template file \`${shown}\` is not a valid location!` } };
    }
    return {
      ...address,
      read: async () => {
        const answer = await repository.readTemplate(name);
        const missing = `Included file \`${shown}\` is empty or does not exist!`;
        if (answer.kind === 'unknown') return problem(missing, nearTemplates(name, answer.names));
        if (isBlankText(answer.text)) return problem(missing);
        return { kind: 'text', text: answer.text, key: `template ${name}`, file: shown, scope: outsideScope(scope) };
      },
    };
  },
};

/** GitLab's templates are not ours: names the one that may be meant, else all that there are. */
const nearTemplates = (name: string, names: readonly string[]): string => {
  const wanted = lastName(name);
  const byLast = new Map(names.map((known) => [lastName(known), known] as const));
  const meant = byLast.get(wanted) ?? byLast.get(suggestName(wanted, [...byLast.keys()]) ?? '');
  if (meant !== undefined) return `Did you mean \`${meant}\`?`;
  return names.length === 0
    ? 'There are no templates.'
    : `There are: ${names.map((known) => `\`${known}\``).join(', ')}.`;
};

const lastName = (name: string): string =>
  name
    .slice(name.lastIndexOf('/') + 1)
    .slice(0, -SUFFIX.length)
    .toLowerCase();
