import type { Variable } from '../../ci-lang/index.ts';

export type VariableType = 'env_var' | 'file';

/** A CI/CD variable that somebody has set on the instance, a group or a project. `value` is the opened secret. */
export interface StoredVariable {
  readonly id: number;
  readonly key: string;
  readonly value: string;
  readonly variableType: VariableType;
  /** Only for pipelines on protected refs. */
  readonly protected: boolean;
  readonly masked: boolean;
  /** Masked, and its value never shown again. */
  readonly hidden: boolean;
  readonly raw: boolean;
  /** A name, or a pattern with `*`; `*` alone for every job. */
  readonly environmentScope: string;
  readonly description: string | null;
}

/** As a job gets it. Never public: debugging output must not show it. */
export const asVariable = (stored: StoredVariable): Variable => ({
  key: stored.key,
  value: stored.value,
  public: false,
  ...(stored.masked ? { masked: true } : {}),
  ...(stored.raw ? { raw: true } : {}),
  ...(stored.variableType === 'file' ? { file: true } : {}),
});
