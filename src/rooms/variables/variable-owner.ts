import type { NamespaceId, ProjectId } from '../../kit/ids.ts';

/** Who owns a variable. */
export type VariableOwner =
  | { readonly kind: 'project'; readonly id: ProjectId }
  | { readonly kind: 'group'; readonly id: NamespaceId }
  | { readonly kind: 'instance' };

interface OwnerRules {
  /** Variables of one owner. */
  readonly limit: number;
  /** How GitLab's sentence calls that limit. */
  readonly limitName: string;
  /** The thing that is not found. */
  readonly missing: string;
}

/** GitLab's rules for the variables of each kind of owner. */
export const OWNER_RULES: Readonly<Record<VariableOwner['kind'], OwnerRules>> = {
  project: { limit: 8000, limitName: 'project ci variables', missing: 'Variable' },
  group: { limit: 30_000, limitName: 'group ci variables', missing: 'GroupVariable' },
  instance: { limit: 25, limitName: 'ci instance level variables', missing: 'InstanceVariable' },
};
