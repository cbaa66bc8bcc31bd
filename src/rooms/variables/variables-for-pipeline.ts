import type { Variable } from '../../ci-lang/index.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import type { Project } from '../projects/index.ts';
import type { StoredVariable } from './project-variable.ts';
import { selectVariables, type VariableFilter } from './select-variables.ts';
import { listInherited, listVariables } from './store.ts';

/** Every variable that may reach a project's jobs, opened, by owner: the instance, groups from the root down, the project. */
export type VariableShelves = readonly (readonly StoredVariable[])[];

/** Read once for a pipeline; then `pickVariables` answers for each job without asking the database. */
export const findVariableShelves = async (
  deps: { readonly db: Db; readonly vault: Vault },
  project: Project,
): Promise<VariableShelves> => {
  const [inherited, own] = await Promise.all([
    listInherited(deps.db, deps.vault, project.namespace.id),
    listVariables(deps.db, deps.vault, { kind: 'project', id: project.id }),
  ]);
  return [...inherited, own];
};

/** Those that apply, weakest first: instance, groups, project, and within each the more specific scope last. Pure. */
export const pickVariables = (shelves: VariableShelves, filter: VariableFilter): readonly Variable[] =>
  shelves.flatMap((stored) => selectVariables(stored, filter));

/** The variables of instance, groups and project for one job, or (without an environment) for `workflow` and `include`. */
export const variablesForPipeline = async (
  deps: { readonly db: Db; readonly vault: Vault },
  project: Project,
  filter: VariableFilter,
): Promise<readonly Variable[]> => pickVariables(await findVariableShelves(deps, project), filter);
