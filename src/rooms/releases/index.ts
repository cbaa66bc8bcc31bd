export { findToldRelease, type ToldRelease } from './find-told-release.ts';
export type { Release, ReleaseLink } from './release.ts';
export { releasesOfTags } from './releases-of-tags.ts';
export { releaseRoutes } from './routes/index.ts';
export { findReleaseText } from './store.ts';
