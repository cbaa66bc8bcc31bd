import type { Route } from '../../http/index.ts';
import { changeArtifactRoutes } from './routes/change-routes.ts';
import type { ArtifactRouteDeps } from './routes/deps.ts';
import { readArtifactRoutes } from './routes/read-routes.ts';
import { runnerArtifactRoutes } from './routes/runner-routes.ts';

export { findArtifactBelongings } from './belongings.ts';
export type { DependencyArtifacts } from './dependencies.ts';
export { dependencyArtifacts } from './dependencies.ts';
export { findDotenvVariables } from './dotenv-variables.ts';
export { unlockRef } from './lock-store.ts';
export { noteBlobsOfPipeline } from './remove-artifacts.ts';
export type { ArtifactRouteDeps } from './routes/deps.ts';
export { expireArtifacts } from './tasks.ts';

/** Artifacts: the runner's end, the readers' end, and their removal. */
export const artifactRoutes = (deps: ArtifactRouteDeps): readonly Route[] => [
  ...runnerArtifactRoutes(deps),
  ...readArtifactRoutes(deps),
  ...changeArtifactRoutes(deps),
];
