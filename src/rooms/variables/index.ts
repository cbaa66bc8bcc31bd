export { type VariableDeps } from './change-variables.ts';
export { variableRoutes } from './routes.ts';
export { type VariableFilter } from './select-variables.ts';
export {
  findVariableShelves,
  pickVariables,
  type VariableShelves,
  variablesForPipeline,
} from './variables-for-pipeline.ts';
