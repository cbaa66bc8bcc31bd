import { isList } from '../keywords/node-tests.ts';
import { addressProblem, givenNode, type IncludeKind, isBlankText, problem, textOf, tooBig } from './include-kind.ts';
import { repositoryFile } from './repository-file.ts';
import { suggestFile } from './suggest-file.ts';

/** A file of another project, at a ref of it (else the head of its default branch); the user must may read its code. */
export const projectInclude: IncludeKind = {
  name: 'project',
  locate: (item, context) => {
    const node = givenNode(item, 'file');
    const projectNode = givenNode(item, 'project');
    if (node === undefined || projectNode === undefined) return undefined;
    const { scope, repository } = context;
    const { hide } = scope.variables;
    const location = textOf(node).replace(/^\/+/, '');
    // Of a list of projects GitLab takes the first.
    const named = textOf(isList(projectNode) ? projectNode.items[0] : projectNode);
    const path = named.toLowerCase();
    const ref = textOf(givenNode(item, 'ref'));
    const names = { file: hide(location), project: lowerCased(hide(named)), ref: ref === '' ? 'HEAD' : hide(ref) };
    const extra = { project: names.project, ref: names.ref };
    const address = { type: 'file', shown: names.file, extra } as const;
    const wrong = addressProblem(node, location, names.file);
    if (wrong !== undefined) return { ...address, problem: wrong };
    return {
      ...address,
      read: async () => {
        const wanted = ref === '' ? {} : { ref };
        const found = await repository.findProject({ path, ...wanted, as: scope.as, followMoves: false });
        if (found.kind === 'not_found') return problem(...notFound(names.project, scope.as === 'anybody'));
        if (found.kind === 'unknown_ref') {
          return problem(`Project \`${names.project}\` reference \`${names.ref}\` does not exist!`);
        }
        const { place } = found;
        const text = await repository.readLocalFile(location, place);
        const file = `Project \`${names.project}\` file \`${names.file}\``;
        if (text === undefined) {
          return problem(`${file} does not exist!`, await suggestFile(location, place, context));
        }
        if (typeof text !== 'string') return tooBig(names.file);
        if (isBlankText(text)) return problem(`${file} is empty!`);
        const suffix = `@${hide(place.project)}${ref === '' ? '' : `:${names.ref}`}`;
        return repositoryFile(text, location, { ...scope, place, suffix }, context);
      },
    };
  },
};

/** Paths are shown as they are compared, in small letters; the mask keeps its own. */
const lowerCased = (shown: string): string => shown.toLowerCase().replaceAll('[masked]', '[MASKED]');

const notFound = (project: string, isPublicOnly: boolean): [message: string, hint?: string] => {
  const advice = 'Make sure any includes in the pipeline configuration are correctly defined.';
  const message = `Project \`${project}\` not found or access denied! ${advice}`;
  return isPublicOnly ? [message, 'Remote files and templates may include public projects only.'] : [message];
};
