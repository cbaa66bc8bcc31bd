export { isAboutRootOnly, matchAnyPath, matchExistingPath, type PathsAnswer } from './match-paths.ts';
export { compileWildcards } from './wildcards.ts';
