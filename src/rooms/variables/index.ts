export { type VariableDeps } from './change-variables.ts';
export {
  type CommitFacts,
  type JobVariableFacts,
  jobVariables,
  NO_COMMIT,
  type PersistedFacts,
  type PipelineVariableFacts,
  persistedVariables,
  pipelineVariables,
  projectVariables,
  runnerVariables,
  type ServerFacts,
  userVariables,
} from './predefined.ts';
export { variableRoutes } from './routes.ts';
export { type VariableFilter } from './select-variables.ts';
export {
  findVariableShelves,
  pickVariables,
  type VariableShelves,
  variablesForPipeline,
} from './variables-for-pipeline.ts';
