import type { NamespaceId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import type { Visibility } from './group.ts';

/** What groups ask of the projects in them (the room above; app/ hands in the answers). */
export interface GroupProjects {
  /** The entities of a group's own projects that the viewer may see, newest first, no more than 100. */
  readonly present: (viewer: User | undefined, groupId: NamespaceId, baseUrl: string) => Promise<readonly unknown[]>;
  /** Namespaces that have a project of which the user is a member by themselves. */
  readonly namespacesOfMember: (db: Db, userId: number, now: Date) => Promise<readonly number[]>;
  /** The most open of the projects in these namespaces; undefined when there is none. */
  readonly findMostOpen: (db: Db, namespaceIds: readonly number[]) => Promise<Visibility | undefined>;
  /** Whether a project stands at this full path. */
  readonly hasPath: (db: Db, fullPath: string) => Promise<boolean>;
  /** The namespaces' full paths have changed: makes those of their projects follow, and keeps the old ones as redirects. */
  readonly followPaths: (tx: Tx, namespaceIds: readonly number[], now: Date) => Promise<void>;
  /** Closes those projects in these namespaces that are more open than that down to it. */
  readonly limitVisibility: (
    tx: Tx,
    namespaceIds: readonly number[],
    visibility: Visibility,
    now: Date,
  ) => Promise<void>;
  /** The namespaces are about to be deleted: so are their projects. */
  readonly deleteIn: (tx: Tx, namespaceIds: readonly number[]) => Promise<void>;
}
