import {
  boolean,
  created,
  enumeration,
  type Guard,
  hashOf,
  noContent,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../http/index.ts';
import { withoutAbsent } from '../../kit/without-absent.ts';
import type { ProjectGuards, ProjectSubject } from '../projects/index.ts';
import { addVariable, changeVariable, getVariable, removeVariable, type VariableDeps } from './change-variables.ts';
import { presentVariable } from './present.ts';
import { countVariables, listVariables } from './store.ts';

const filterParams = { filter: hashOf({ environment_scope: string() }) };
const keyParams = { key: string({ required: true, description: 'Key of the variable' }), ...filterParams };
const VARIABLE_TYPES = ['env_var', 'file'] as const;

/** What of a variable may be given when it is made and when it is changed. */
const attributeParams = {
  protected: boolean(),
  masked: boolean(),
  raw: boolean(),
  environment_scope: string(),
  description: string({ nullable: true }),
};

type VariableGuard = Guard<ProjectSubject>;

const readingRoutes = (deps: VariableDeps, guard: VariableGuard): readonly Route[] => [
  route({
    method: 'GET',
    path: '/projects/:id/variables',
    summary: "List a project's CI/CD variables",
    params: pagingParams,
    guard,
    handler: async ({ subject, params, request }) => {
      const owner = { projectId: subject.project.id };
      const page = pageOf(params);
      const variables = await listVariables(deps.db, deps.vault, owner, page);
      return pageReply(request, page, variables.map(presentVariable), {
        total: await countVariables(deps.db, owner),
      });
    },
  }),
  route({
    method: 'GET',
    path: '/projects/:id/variables/:key',
    summary: 'Get one CI/CD variable',
    params: keyParams,
    guard,
    handler: async ({ subject, params }) =>
      ok(presentVariable(await getVariable(deps, subject.project, params.key, params.filter?.environment_scope))),
  }),
];

const writingRoutes = (deps: VariableDeps, guard: VariableGuard): readonly Route[] => [
  route({
    method: 'POST',
    path: '/projects/:id/variables',
    summary: 'Add a CI/CD variable',
    params: {
      key: string({ required: true }),
      value: string({ required: true }),
      variable_type: enumeration(VARIABLE_TYPES),
      masked_and_hidden: boolean(),
      ...attributeParams,
    },
    guard,
    handler: async ({ subject, params }) => {
      const hidden = params.masked_and_hidden === true;
      const variable = await addVariable(deps, subject.project, {
        key: params.key,
        value: params.value,
        variableType: params.variable_type ?? 'env_var',
        protected: params.protected ?? false,
        masked: hidden || params.masked === true,
        hidden,
        raw: params.raw ?? false,
        environmentScope: params.environment_scope ?? '*',
        description: params.description ?? null,
      });
      return created(presentVariable(variable));
    },
  }),
  route({
    method: 'PUT',
    path: '/projects/:id/variables/:key',
    summary: 'Change a CI/CD variable',
    params: { ...keyParams, value: string(), variable_type: enumeration(VARIABLE_TYPES), ...attributeParams },
    guard,
    handler: async ({ subject, params }) => {
      const variable = await getVariable(deps, subject.project, params.key, params.filter?.environment_scope);
      const changes = withoutAbsent({
        value: params.value,
        variableType: params.variable_type,
        protected: params.protected,
        masked: params.masked,
        raw: params.raw,
        environmentScope: params.environment_scope,
        description: params.description,
      });
      const changed = await changeVariable(deps, subject.project, variable, changes);
      return ok(presentVariable(changed));
    },
  }),
  route({
    method: 'DELETE',
    path: '/projects/:id/variables/:key',
    summary: 'Delete a CI/CD variable',
    params: keyParams,
    guard,
    handler: async ({ subject, params }) => {
      await removeVariable(
        deps,
        await getVariable(deps, subject.project, params.key, params.filter?.environment_scope),
      );
      return noContent();
    },
  }),
];

/** `/projects/:id/variables`: maintainers only; a stranger's request is 404, nobody's 401. */
export const variableRoutes = (deps: VariableDeps, project: ProjectGuards): readonly Route[] => {
  const guard = project('admin_cicd_variables', { authenticateFirst: true });
  return [...readingRoutes(deps, guard), ...writingRoutes(deps, guard)];
};
