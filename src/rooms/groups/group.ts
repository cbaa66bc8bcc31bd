import type { NamespaceId } from '../../kit/ids.ts';

/** Who may see something: its members, everybody signed in, everybody. */
export type Visibility = 'private' | 'internal' | 'public';

/** From which role on somebody may make projects in a group; `noone` and `administrator` are stronger than any role. */
export const PROJECT_CREATION_LEVELS = ['noone', 'administrator', 'owner', 'maintainer', 'developer'] as const;
export type ProjectCreationLevel = (typeof PROJECT_CREATION_LEVELS)[number];

export const SUBGROUP_CREATION_LEVELS = ['owner', 'maintainer'] as const;
export type SubgroupCreationLevel = (typeof SUBGROUP_CREATION_LEVELS)[number];

export const VISIBILITIES = ['private', 'internal', 'public'] as const;

/** Whether the first is at most as open as the second. */
export const isWithin = (inner: Visibility, outer: Visibility): boolean =>
  VISIBILITIES.indexOf(inner) <= VISIBILITIES.indexOf(outer);

/** Every visibility that lets in more people than this one. */
export const moreOpenThan = (visibility: Visibility): readonly Visibility[] =>
  VISIBILITIES.filter((other) => !isWithin(other, visibility));

/** A namespace of kind `group`: holds projects, other groups, members, variables. */
export interface Group {
  readonly id: NamespaceId;
  readonly path: string;
  readonly name: string;
  /** Paths of all ancestors and this one, joined by `/`. */
  readonly fullPath: string;
  /** The same of names, joined by ` / `. */
  readonly fullName: string;
  readonly parentId: NamespaceId | null;
  readonly description: string;
  readonly visibility: Visibility;
  readonly projectCreationLevel: ProjectCreationLevel;
  readonly subgroupCreationLevel: SubgroupCreationLevel;
  /** Whoever sees it may ask to become a member. */
  readonly requestAccessEnabled: boolean;
  readonly createdAt: Date;
}
