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
