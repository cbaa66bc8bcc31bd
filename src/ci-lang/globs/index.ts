export { existsAnyPath, isAboutRootOnly, matchesAnyPath } from './match-paths.ts';
