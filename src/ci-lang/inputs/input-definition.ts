import type { Expression, Regex } from '../expressions/index.ts';
import type { SourcePosition, YamlNode } from '../yaml/index.ts';

/** In the order in which GitLab names them. */
export const INPUT_TYPES = ['array', 'boolean', 'number', 'string'] as const;

export type InputType = (typeof INPUT_TYPES)[number];

/** An input as `spec:inputs` defines it. */
export interface InputDefinition {
  readonly name: string;
  /** Undefined for `type:` without a value, which is none of GitLab's types. */
  readonly type: InputType | undefined;
  /** Its presence makes the input optional, also when it is null. */
  readonly default?: YamlNode;
  readonly options?: readonly YamlNode[];
  /** For texts; `invalid` when RE2 does not take it. */
  readonly regex?: Regex | 'invalid';
  /** They take the place of `default` and `options`; the first one that matches decides. */
  readonly rules?: readonly InputRule[];
  readonly position: SourcePosition;
}

export interface InputRule {
  /** Without it the rule always matches. */
  readonly if?: Expression;
  readonly options?: readonly YamlNode[];
  readonly default?: YamlNode;
}
