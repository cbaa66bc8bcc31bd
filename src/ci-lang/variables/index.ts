export { expandOnce, referencesIn, type UnknownMode } from './expand-once.ts';
export { hideSecrets, secretsOf } from './hide-secrets.ts';
export { type ExpandedVariables, type ExpansionMode, sortAndExpandAll } from './sort-and-expand-all.ts';
export { lookupIn, type Variable } from './variable.ts';
