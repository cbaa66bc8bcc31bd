import type { StoredVariable } from './project-variable.ts';

/** GitLab's entity. The value of a hidden variable is null. */
export const presentVariable = (variable: StoredVariable) => ({
  variable_type: variable.variableType,
  key: variable.key,
  value: variable.hidden ? null : variable.value,
  hidden: variable.hidden,
  protected: variable.protected,
  masked: variable.masked,
  raw: variable.raw,
  environment_scope: variable.environmentScope,
  description: variable.description,
});

/** GitLab's entity of an instance's variable: it is for every environment, and never hidden. */
export const presentInstanceVariable = (variable: StoredVariable) => {
  const { hidden: _hidden, environment_scope: _scope, ...entity } = presentVariable(variable);
  return entity;
};
