import { userCan } from '../../projects/index.ts';
import type { PipelineVariable } from '../pipeline.ts';
import type { CreatePipelineRequest, CreationRefused } from './request.ts';
import { refuse } from './request.ts';

export const TRIGGER_PAYLOAD = 'TRIGGER_PAYLOAD';

/** What is stored with the pipeline: the caller's variables and the trigger's payload. */
export const pipelineVariablesOf = (request: CreatePipelineRequest): readonly PipelineVariable[] =>
  request.triggerPayload === undefined
    ? request.variables
    : [...request.variables, { key: TRIGGER_PAYLOAD, value: request.triggerPayload, variableType: 'file', raw: true }];

/**
 * GitLab's rules for variables given at creation: who may (`ci_pipeline_variables_minimum_override_role`; the payload
 * alone is free), no name twice, and names of letters, digits and `_`.
 */
export function checkVariables(request: CreatePipelineRequest): CreationRefused | undefined {
  const { project, user, role } = request;
  if (request.variables.length > 0 && !userCan(user, 'set_pipeline_variables', project, role)) {
    return refuse('Insufficient permissions to set pipeline variables', {
      hint:
        'Send the request without variables, or let a maintainer lower the project setting ' +
        '`ci_pipeline_variables_minimum_override_role`.',
    });
  }
  const variables = pipelineVariablesOf(request);
  const twice = duplicates(variables.map((variable) => variable.key));
  if (twice.length > 0) {
    const name = twice.length === 1 ? 'name' : 'names';
    return refuse(`Duplicate variable ${name}: ${twice.join(', ')}`, { failureReason: 'config_error' });
  }
  const problem = variables.map(({ key }) => variableKeyProblem(key)).find((found) => found !== undefined);
  return problem === undefined ? undefined : badKey(problem);
}

const MAX_KEY = 255;

/** What is wrong with a variable's name, in the words of GitLab's model; undefined when nothing is. */
export function variableKeyProblem(key: string): string | undefined {
  if (key === '') return "can't be blank";
  if (key.length > MAX_KEY) return `is too long (maximum is ${MAX_KEY} characters)`;
  return /^[a-zA-Z0-9_]+$/.test(key) ? undefined : "can contain only letters, digits and '_'.";
}

function duplicates(keys: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const key of keys) (seen.has(key) ? twice : seen).add(key);
  return [...twice];
}

const badKey = (problem: string): CreationRefused => ({
  ...refuse(`the name of a variable ${problem}`),
  errors: { base: ['Failed to build the pipeline!'], 'variables.key': [problem] },
});
