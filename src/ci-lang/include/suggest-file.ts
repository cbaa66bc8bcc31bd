import type { ConfigPlace } from '../config-host.ts';
import { suggestName } from '../suggest-name.ts';
import type { IncludeContext } from './include-context.ts';

/** The file that is meant by a path where there is none: of the same name in another folder, or almost of that path. */
export const suggestFile = async (
  path: string,
  place: ConfigPlace,
  { repository, scope }: IncludeContext,
): Promise<string | undefined> => {
  const files = (await repository.listFiles(place)).filter((file) => /\.ya?ml$/i.test(file));
  const wanted = lastName(path);
  const sameName = files.filter((file) => lastName(file) === wanted);
  const meant = sameName.length === 1 ? sameName[0] : suggestName(path, files);
  if (meant === undefined) return undefined;
  const isElsewhere = sameName.length === 1 && meant.length !== path.length;
  const advice = isElsewhere ? ' Paths begin at the root of the repository.' : '';
  return scope.variables.hide(`Did you mean \`${meant}\`?${advice}`);
};

const lastName = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase();
