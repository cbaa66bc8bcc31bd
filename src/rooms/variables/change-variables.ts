import type { Clock } from '../../kit/clock.ts';
import { conflict, invalid, notFound } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import type { StoredVariable } from './project-variable.ts';
import {
  countVariables,
  deleteVariable,
  findVariables,
  insertVariable,
  lockVariable,
  updateVariable,
} from './store.ts';
import { OWNER_RULES, type VariableOwner } from './variable-owner.ts';
import { variableErrors, visibilityErrors } from './variable-policy.ts';

export interface VariableDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
}

const alreadyTaken = (key: string) => invalid({ key: [`(${key}) has already been taken`] });

/** Adds a variable. Throws 400 for an invalid one, one that is there already, and the one above the limit. */
export const addVariable = async (
  deps: VariableDeps,
  owner: VariableOwner,
  wanted: Omit<StoredVariable, 'id'>,
): Promise<StoredVariable> => {
  const variable = { ...wanted, key: wanted.key.trim() };
  const errors = variableErrors(variable, owner.kind);
  if (errors !== undefined) throw invalid(errors);
  return deps.db.transaction().execute(async (tx) => {
    const added = await insertVariable(tx, deps.vault, owner, variable, deps.clock.now());
    if (added === undefined) throw alreadyTaken(variable.key);
    const { limit, limitName } = OWNER_RULES[owner.kind];
    if ((await countVariables(tx, owner)) > limit) {
      throw invalid({ base: [`Maximum number of ${limitName} (${limit}) exceeded`] });
    }
    return added;
  });
};

/**
 * The one variable with that key (and environment scope, when given). Throws 404 when there is none, 409 when several
 * environment scopes have the key and none was named.
 */
export const getVariable = async (
  deps: VariableDeps,
  owner: VariableOwner,
  key: string,
  environmentScope: string | undefined,
): Promise<StoredVariable> => {
  const [found, ...more] = await findVariables(deps.db, deps.vault, owner, key, environmentScope);
  if (found === undefined) throw notFound(OWNER_RULES[owner.kind].missing);
  if (more.length > 0) {
    throw conflict("There are multiple variables with provided parameters. Please use 'filter[environment_scope]'");
  }
  return found;
};

/** What may be changed. */
export type VariableChanges = Partial<Omit<StoredVariable, 'id' | 'key' | 'hidden'>>;

export const changeVariable = async (
  deps: VariableDeps,
  owner: VariableOwner,
  variable: StoredVariable,
  changes: VariableChanges,
): Promise<StoredVariable> =>
  deps.db.transaction().execute(async (tx) => {
    const before = await lockVariable(tx, deps.vault, variable.id);
    if (before === undefined) throw notFound(OWNER_RULES[owner.kind].missing);
    const after: StoredVariable = { ...before, ...changes };
    const errors = visibilityErrors(before, after) ?? variableErrors(after, owner.kind);
    if (errors !== undefined) throw invalid(errors);
    const stored = await updateVariable(tx, deps.vault, owner, after, deps.clock.now());
    if (!stored) throw alreadyTaken(after.key);
    return after;
  });

export const removeVariable = (deps: VariableDeps, variable: StoredVariable): Promise<void> =>
  deleteVariable(deps.db, variable.id);
