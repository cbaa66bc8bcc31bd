import type { ConfigPlace, ProjectQuestion } from '../config-host.ts';
import { isText } from '../keywords/node-tests.ts';
import { isSemanticVersion, newestVersion } from './component-version.ts';
import type { IncludeContext } from './include-context.ts';
import { type FileAnswer, givenNode, type IncludeKind, isBlankText, problem, textOf, tooBig } from './include-kind.ts';
import { repositoryFile } from './repository-file.ts';

/** `host/group/project/name@version`: a file below `templates/` of a project on this server. */
export const componentInclude: IncludeKind = {
  name: 'component',
  locate: (item, context) => {
    const node = givenNode(item, 'component');
    if (node === undefined) return undefined;
    const { scope } = context;
    const written = textOf(node);
    const shown = scope.variables.hide(written);
    const address = { type: 'component', shown, extra: {} } as const;
    if (!isText(node)) return { ...address, problem: { message: `Included file \`${shown}\` needs to be a string` } };
    if (scope.place === undefined) {
      return { ...address, problem: { message: 'Unable to use components outside of a project context' } };
    }
    return { ...address, read: () => readComponent(written, shown, context) };
  },
};

const readComponent = async (written: string, shown: string, context: IncludeContext): Promise<FileAnswer> => {
  const { repository, scope } = context;
  const refusal = (reason: string, hint?: string) => problem(`Component '${shown}' - ${reason}`, hint);
  const host = hostOf(repository.serverUrl);
  const address = parseAddress(written, host);
  if (address === undefined) {
    return refusal('the component path is not supported', `It should be like \`${host}/group/project/name@1.0.0\`.`);
  }
  const { name, path, version } = address;
  const found = await findVersion({ path, as: scope.as, followMoves: true }, version, context);
  if (found === 'no_project') return refusal("project does not exist or you don't have sufficient permissions");
  if (found === 'no_version') {
    return refusal('content not found', `The project has no version \`${scope.variables.hide(version)}\`.`);
  }
  const { place, tag } = found;
  for (const file of [`templates/${name}.yml`, `templates/${name}/template.yml`]) {
    // The second is only asked for when the first is not there
    const text = await repository.readLocalFile(file, place);
    if (text === undefined) continue;
    if (typeof text !== 'string') return tooBig(shown);
    if (isBlankText(text)) return refusal('content not found', `\`${file}\` is empty.`);
    const component = { name, sha: place.sha, version: isSemanticVersion(tag) ? tag : null, reference: version };
    const suffix = `@${scope.variables.hide(`${place.project}:${version}`)}`;
    const inner = { ...scope, place, suffix, component, seesParent: false };
    const { raw: _, ...answer } = { raw: '', ...repositoryFile(text, file, inner, context) };
    return answer;
  }
  return refusal(
    'content not found',
    `The project has neither \`templates/${name}.yml\` nor \`templates/${name}/template.yml\`.`,
  );
};

/** As CI_SERVER_FQDN has it: with the port, unless it is the usual one. */
const hostOf = (serverUrl: string): string => {
  const [, scheme, host = ''] = /^(https?):\/\/([^/]*)/.exec(serverUrl) ?? [];
  return scheme === 'https' ? host.replace(/:443$/, '') : host.replace(/:80$/, '');
};

interface ComponentAddress {
  /** Full path of the project, in lower case. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
}

const parseAddress = (written: string, host: string): ComponentAddress | undefined => {
  const at = written.indexOf('@');
  if (at < 0 || !written.startsWith(`${host}/`)) return undefined;
  const inside = written.slice(host.length + 1, at);
  const slash = inside.lastIndexOf('/');
  const path = inside.slice(0, Math.max(slash, 0)).toLowerCase();
  return { path, name: inside.slice(slash + 1), version: written.slice(at + 1) };
};

/** The tag that a version means, or the version itself as a tag, branch or sha. */
const findVersion = async (
  project: ProjectQuestion,
  version: string,
  { repository }: IncludeContext,
): Promise<{ readonly place: ConfigPlace; readonly tag: string } | 'no_project' | 'no_version'> => {
  const head = await repository.findProject(project);
  if (head.kind === 'not_found') return 'no_project';
  if (head.kind === 'unknown_ref' || version === '') return 'no_version';
  const newest = newestVersion(version, () => repository.listTags(head.place));
  const tag = (await newest) ?? version;
  const found = await repository.findProject({ ...project, ref: tag });
  return found.kind === 'found' ? { place: found.place, tag } : 'no_version';
};
