import type { VariablesOverrideRole } from './project.ts';

export const OVERRIDE_ROLE_NAMES = [
  'developer',
  'maintainer',
  'owner',
  'no_one_allowed',
] as const satisfies readonly VariablesOverrideRole[];

export const isOverrideRole = (text: string): text is VariablesOverrideRole =>
  (OVERRIDE_ROLE_NAMES as readonly string[]).includes(text);
