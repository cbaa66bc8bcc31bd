import type { Id, ProjectId, ReleaseId } from '../../kit/ids.ts';
import type { User } from '../accounts/index.ts';

export type ReleaseLinkId = Id<'release-link'>;

export const LINK_TYPES = ['other', 'runbook', 'image', 'package'] as const;
export type LinkType = (typeof LINK_TYPES)[number];

/** A link to what was built for a release. */
export interface ReleaseLink {
  readonly id: ReleaseLinkId;
  readonly name: string;
  readonly url: string;
  /** Where the release offers it under a permanent address, `/bin/app`; null: nowhere. */
  readonly filepath: string | null;
  readonly linkType: LinkType;
}

/** What a project says of a tag. */
export interface Release {
  readonly id: ReleaseId;
  readonly projectId: ProjectId;
  /** Short name. */
  readonly tag: string;
  readonly name: string;
  /** Markdown. */
  readonly description: string | null;
  /** The commit that the tag led to when the release was made. */
  readonly sha: string;
  /** Null: gone. */
  readonly author: User | null;
  /** In the future: an upcoming release. */
  readonly releasedAt: Date;
  readonly createdAt: Date;
  /** Newest first. */
  readonly links: readonly ReleaseLink[];
}
