export { releaseSources, releaseUrl } from './present.ts';
export type { Release, ReleaseLink } from './release.ts';
export { releasesOfTags } from './releases-of-tags.ts';
export { releaseRoutes } from './routes/index.ts';
export { findReleaseById, findReleaseText } from './store.ts';
