import type { Publish } from '../../events/index.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { TagReleases } from '../repositories/index.ts';
import { removeReleaseOfTag } from './change-releases.ts';
import { findReleaseTexts } from './store.ts';

/** What the room of repositories asks of releases. */
export const releasesOfTags = (deps: { readonly db: Db; readonly publish: Publish }): TagReleases => ({
  find: (projectId, tags) => findReleaseTexts(deps.db, projectId, tags),
  deleteOf: (projectId, tag) => removeReleaseOfTag(deps, projectId, tag),
});
