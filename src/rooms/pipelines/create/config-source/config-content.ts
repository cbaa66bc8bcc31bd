import type { CompileInput } from '../../../../ci-lang/index.ts';
import type { Project } from '../../../projects/index.ts';
import { type RepositoryDeps, readTextFile } from '../../../repositories/index.ts';

type ConfigContent = Pick<CompileInput, 'content' | 'path' | 'elsewhere'>;

/**
 * The text that a pipeline is compiled from, by the project's setting: a path in its own repository,
 * `path@group/project[:ref]`, or an http(s) address. Undefined: the repository has no such file, or an empty one.
 * Whether a file elsewhere is there is for the compiler to find out.
 */
export const findConfigContent = async (
  deps: RepositoryDeps,
  project: Project,
  sha: string,
): Promise<ConfigContent | undefined> => {
  const path = project.ciConfigPath ?? '.gitlab-ci.yml';
  const elsewhere = includeElsewhere(path);
  // JSON is YAML.
  if (elsewhere !== undefined) return { content: JSON.stringify({ include: [elsewhere] }), path, elsewhere: true };
  const content = await readTextFile(deps, project, sha, path);
  return content === undefined || content === '' ? undefined : { content, path };
};

const includeElsewhere = (path: string): Readonly<Record<string, string>> | undefined => {
  if (/^https?:\/\//.test(path)) return { remote: path };
  const [, file, project, ref] = /^(.+\.ya?ml)@([^:]+)(?::(.+))?$/.exec(path) ?? [];
  if (file === undefined || project === undefined) return undefined;
  return { project, file, ...(ref !== undefined && { ref }) };
};
