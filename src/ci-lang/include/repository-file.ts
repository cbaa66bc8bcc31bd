import type { ConfigPlace } from '../config-host.ts';
import type { IncludeContext, IncludeScope } from './include-context.ts';
import type { FileAnswer } from './include-kind.ts';

/** A text of a project's repository, with the addresses of its page and of its bytes. */
export const repositoryFile = (
  text: string,
  path: string,
  scope: IncludeScope & { readonly place: ConfigPlace },
  { repository, scope: { variables } }: IncludeContext,
): FileAnswer => {
  const { project, sha } = scope.place;
  const link = (kind: string): string => {
    const steps = [...project.split('/'), '-', kind, sha, ...path.split('/')];
    return variables.hide(`${repository.serverUrl}/${steps.map(encodeURIComponent).join('/')}`);
  };
  const key = `${project}@${sha}:${path}`;
  return { kind: 'text', text, key, file: `${path}${scope.suffix}`, scope, blob: link('blob'), raw: link('raw') };
};
