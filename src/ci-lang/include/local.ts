import {
  addressProblem,
  extraOf,
  givenNode,
  type IncludeKind,
  isBlankText,
  problem,
  textOf,
  tooBig,
} from './include-kind.ts';
import { repositoryFile } from './repository-file.ts';
import { suggestFile } from './suggest-file.ts';

/** A file of the repository that the including file belongs to; the path is from its root. */
export const localInclude: IncludeKind = {
  name: 'local',
  locate: (item, context) => {
    const node = givenNode(item, 'local');
    if (node === undefined) return undefined;
    const { scope, repository } = context;
    const path = textOf(node).replace(/^\/+/, '');
    const shown = scope.variables.hide(path);
    const address = { type: 'local', shown, path, extra: extraOf(item, ['local']) } as const;
    const wrong = addressProblem(node, path, shown);
    if (wrong !== undefined) return { ...address, problem: wrong };
    const { place } = scope;
    if (place === undefined)
      return { ...address, problem: { message: `Local file \`${shown}\` does not have project!` } };
    return {
      ...address,
      read: async () => {
        const text = await repository.readLocalFile(path, place);
        if (text === undefined) {
          return problem(`Local file \`${shown}\` does not exist!`, await suggestFile(path, place, context));
        }
        if (typeof text !== 'string') return tooBig(shown);
        if (isBlankText(text)) return problem(`Local file \`${shown}\` is empty!`);
        return repositoryFile(text, path, { ...scope, place }, context);
      },
    };
  },
};
