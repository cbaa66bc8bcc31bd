export { type MergeRequestFacts, mergeRequestRef } from './merge-request-variables.ts';
export {
  type CommitFacts,
  configRefUri,
  configVariables,
  deployTokenVariables,
  jobVariables,
  NO_COMMIT,
  persistedVariables,
  pipelineVariables,
  projectVariables,
  runnerVariables,
  type ServerFacts,
  userVariables,
} from './predefined.ts';
export { publicVariable } from './public-variable.ts';
export { variableRoutes } from './routes.ts';
export { variableKeyErrors } from './variable-policy.ts';
export {
  findVariableShelves,
  pickVariables,
  variablesForPipeline,
} from './variables-for-pipeline.ts';
