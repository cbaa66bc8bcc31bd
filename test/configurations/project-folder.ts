import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SCENARIO = 'scenario.yml';
const OTHERS = 'other-projects';
const REMOTE = 'remote';

export interface ProjectFolder {
  readonly name: string;
  /** Content of the files of the repository. */
  readonly files: ReadonlyMap<string, string>;
  /** Path below `other-projects` → content; the path begins with that of a project. */
  readonly others: ReadonlyMap<string, string>;
  /** Address → content. */
  readonly remote: ReadonlyMap<string, string>;
  readonly scenario: string;
}

/** One configuration of this folder: README.md tells what is where. */
export const readProjectFolder = (name: string): ProjectFolder => {
  const folder = join(import.meta.dirname, name);
  const below = (part: string): ReadonlyMap<string, string> =>
    existsSync(join(folder, part)) ? readTree(join(folder, part)) : new Map();
  const remote = [...below(REMOTE)].map(([path, text]) => [`https://${path}`, text] as const);
  const own = [...readTree(folder)].filter(
    ([path]) => path !== SCENARIO && !path.startsWith(`${OTHERS}/`) && !path.startsWith(`${REMOTE}/`),
  );
  return {
    name,
    files: new Map(own),
    others: below(OTHERS),
    remote: new Map(remote),
    scenario: readFileSync(join(folder, SCENARIO), 'utf8'),
  };
};

/** The files of another project, named as in `other-projects`. */
export const filesOfProject = ({ others }: ProjectFolder, project: string): ReadonlyMap<string, string> => {
  const start = `${project}/`;
  const found = [...others].filter(([path]) => path.toLowerCase().startsWith(start.toLowerCase()));
  return new Map(found.map(([path, text]) => [path.slice(start.length), text]));
};

export const listProjectFolders = (): readonly string[] =>
  readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();

const readTree = (folder: string): ReadonlyMap<string, string> => {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
};
