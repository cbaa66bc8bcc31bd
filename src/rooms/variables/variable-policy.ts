import type { StoredVariable } from './project-variable.ts';
import type { VariableOwner } from './variable-owner.ts';

/** Attribute → sentences, GitLab's body of a failed model validation. */
export type AttributeErrors = Readonly<Record<string, readonly string[]>>;

const KEY = /^[a-zA-Z0-9_]+$/;
/** What the runner can find again in a log: no blanks, no quotes, long enough not to hide half the log. */
const MASKABLE = /^[a-zA-Z0-9_+=/@:.~-]{8,}$/;
const MASKABLE_RAW = /^\S{8,}$/;
const SCOPE = /^[a-zA-Z0-9\-_/${}.* ]+$/;
const MAX_LENGTH = 255;
const TOO_LONG = `is too long (maximum is ${MAX_LENGTH} characters)`;
const BLANK = "can't be blank";

const lengthOf = (text: string): number => [...text].length;

/** What is wrong with a variable's name, in GitLab's words. */
export const variableKeyErrors = (key: string): readonly string[] => [
  ...(key === '' ? [BLANK] : []),
  ...(lengthOf(key) > MAX_LENGTH ? [TOO_LONG] : []),
  ...(KEY.test(key) ? [] : ["can contain only letters, digits and '_'."]),
];

const scopeErrors = (scope: string): readonly string[] => [
  ...(scope.trim() === '' ? [BLANK] : []),
  ...(lengthOf(scope) > MAX_LENGTH ? [TOO_LONG] : []),
  ...(SCOPE.test(scope) ? [] : ["can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', '*' and spaces"]),
];

/** Characters of an instance's variable, by type; those of projects and groups have no limit of their own. */
const MAX_INSTANCE_VALUE = { env_var: 10_000, file: 50_000 } as const;

const isMaskable = (value: string, raw: boolean): boolean => (raw ? MASKABLE_RAW : MASKABLE).test(value);

const valueErrors = (variable: Omit<StoredVariable, 'id'>, kind: VariableOwner['kind']): readonly string[] => {
  const maximum = MAX_INSTANCE_VALUE[variable.variableType];
  return [
    ...(variable.masked && !isMaskable(variable.value, variable.raw) ? ['is invalid'] : []),
    ...(kind === 'instance' && lengthOf(variable.value) > maximum
      ? [`The value of the provided variable exceeds the ${maximum} character limit`]
      : []),
  ];
};

/**
 * What is wrong with a variable that is to be stored; undefined when nothing is. GitLab's rules: the key's letters and
 * length, a masked value that a log can be searched for, the scope's letters, the description's length.
 */
export const variableErrors = (
  variable: Omit<StoredVariable, 'id'>,
  kind: VariableOwner['kind'],
): AttributeErrors | undefined => {
  const errors = {
    key: variableKeyErrors(variable.key),
    value: valueErrors(variable, kind),
    environment_scope: scopeErrors(variable.environmentScope),
    description: lengthOf(variable.description ?? '') > MAX_LENGTH ? [TOO_LONG] : [],
  };
  const found = Object.entries(errors).filter(([, sentences]) => sentences.length > 0);
  return found.length === 0 ? undefined : Object.fromEntries(found);
};

/** What a change may not do, beside leaving the variable valid: a hidden variable stays masked and hidden. */
export const visibilityErrors = (before: StoredVariable, after: StoredVariable): AttributeErrors | undefined =>
  before.hidden && (!after.masked || !after.hidden)
    ? { base: ['The visibility setting cannot be changed for masked and hidden variables.'] }
    : undefined;
