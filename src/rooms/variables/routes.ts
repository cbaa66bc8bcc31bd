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
import type { AccountGuards } from '../accounts/index.ts';
import type { GroupGuards } from '../groups/index.ts';
import type { ProjectGuards } from '../projects/index.ts';
import { addVariable, changeVariable, getVariable, removeVariable, type VariableDeps } from './change-variables.ts';
import { presentInstanceVariable, presentVariable } from './present.ts';
import type { StoredVariable } from './project-variable.ts';
import { countVariables, listVariables } from './store.ts';
import type { VariableOwner } from './variable-owner.ts';

const keyParams = { key: string({ required: true, description: 'Key of the variable' }) };
const VARIABLE_TYPES = ['env_var', 'file'] as const;

/** What of a variable may be given when it is made and when it is changed. */
const attributeParams = {
  protected: boolean(),
  masked: boolean(),
  raw: boolean(),
  description: string({ nullable: true }),
};

/** What only variables of projects and groups have. */
const scopedParams = { environment_scope: string() };
const hiddenParams = { masked_and_hidden: boolean() };
const filterParams = { filter: hashOf({ environment_scope: string() }) };

/** The routes of variables are the same for all owners; this is what differs. */
interface VariableRoutes {
  /** `/projects/:id/variables`. */
  readonly path: string;
  /** Whose, in the summaries: `a project's`. */
  readonly whose: string;
  /** Who may read and write them. The subject is whose they are. */
  readonly guard: Guard<VariableOwner>;
  readonly present: (variable: StoredVariable) => object;
}

/** Which of several environment scopes is meant; the instance's variables have none. */
const scopeOf = (
  owner: VariableOwner,
  filter: { readonly environment_scope?: string | undefined } | undefined,
): string | undefined => (owner.kind === 'instance' ? undefined : filter?.environment_scope);

const readingRoutes = (deps: VariableDeps, { path, whose, guard, present }: VariableRoutes): readonly Route[] => [
  route({
    method: 'GET',
    path,
    summary: `List ${whose} CI/CD variables`,
    params: pagingParams,
    guard,
    handler: async ({ subject: owner, params, request }) => {
      const page = pageOf(params);
      const variables = await listVariables(deps.db, deps.vault, owner, page);
      return pageReply(request, page, variables.map(present), { total: await countVariables(deps.db, owner) });
    },
  }),
  route({
    method: 'GET',
    path: `${path}/:key`,
    summary: `Get one of ${whose} CI/CD variables`,
    params: { ...keyParams, ...filterParams },
    guard,
    handler: async ({ subject: owner, params }) =>
      ok(present(await getVariable(deps, owner, params.key, scopeOf(owner, params.filter)))),
  }),
];

const writingRoutes = (deps: VariableDeps, { path, whose, guard, present }: VariableRoutes): readonly Route[] => [
  route({
    method: 'POST',
    path,
    summary: `Add to ${whose} CI/CD variables`,
    params: {
      key: string({ required: true }),
      value: string({ required: true }),
      variable_type: enumeration(VARIABLE_TYPES),
      ...attributeParams,
      ...scopedParams,
      ...hiddenParams,
    },
    guard,
    handler: async ({ subject: owner, params }) => {
      const isScoped = owner.kind !== 'instance';
      const hidden = isScoped && params.masked_and_hidden === true;
      const variable = await addVariable(deps, owner, {
        key: params.key,
        value: params.value,
        variableType: params.variable_type ?? 'env_var',
        protected: params.protected ?? false,
        masked: hidden || params.masked === true,
        hidden,
        raw: params.raw ?? false,
        environmentScope: (isScoped ? params.environment_scope : undefined) ?? '*',
        description: params.description ?? null,
      });
      return created(present(variable));
    },
  }),
  route({
    method: 'PUT',
    path: `${path}/:key`,
    summary: `Change one of ${whose} CI/CD variables`,
    params: {
      ...keyParams,
      ...filterParams,
      value: string(),
      variable_type: enumeration(VARIABLE_TYPES),
      ...attributeParams,
      ...scopedParams,
    },
    guard,
    handler: async ({ subject: owner, params }) => {
      const variable = await getVariable(deps, owner, params.key, scopeOf(owner, params.filter));
      const changes = withoutAbsent({
        value: params.value,
        variableType: params.variable_type,
        protected: params.protected,
        masked: params.masked,
        raw: params.raw,
        environmentScope: owner.kind === 'instance' ? undefined : params.environment_scope,
        description: params.description,
      });
      return ok(present(await changeVariable(deps, owner, variable, changes)));
    },
  }),
  route({
    method: 'DELETE',
    path: `${path}/:key`,
    summary: `Delete one of ${whose} CI/CD variables`,
    params: { ...keyParams, ...filterParams },
    guard,
    handler: async ({ subject: owner, params }) => {
      await removeVariable(deps, await getVariable(deps, owner, params.key, scopeOf(owner, params.filter)));
      return noContent();
    },
  }),
];

const ownerOf = <S>(inner: Guard<S>, owner: (subject: S) => VariableOwner): Guard<VariableOwner> => ({
  label: inner.label,
  check: async (request) => owner(await inner.check(request)),
});

export interface VariableGuards {
  readonly accounts: AccountGuards;
  readonly group: GroupGuards;
  readonly project: ProjectGuards;
}

/**
 * Variables of projects (maintainers), groups (owners) and the instance (administrators); what a stranger may not see is 404,
 * nobody signed in is 401.
 */
export const variableRoutes = (deps: VariableDeps, guards: VariableGuards): readonly Route[] => {
  const homes: readonly VariableRoutes[] = [
    {
      path: '/projects/:id/variables',
      whose: "a project's",
      guard: ownerOf(guards.project('admin_cicd_variables', { authenticateFirst: true }), ({ project }) => ({
        kind: 'project',
        id: project.id,
      })),
      present: presentVariable,
    },
    {
      path: '/groups/:id/variables',
      whose: "a group's",
      guard: ownerOf(guards.group('admin_group_variables', { authenticateFirst: true }), ({ group }) => ({
        kind: 'group',
        id: group.id,
      })),
      present: presentVariable,
    },
    {
      path: '/admin/ci/variables',
      whose: "the instance's",
      guard: ownerOf(guards.accounts.admin(), () => ({ kind: 'instance' })),
      present: presentInstanceVariable,
    },
  ];
  return homes.flatMap((home) => [...readingRoutes(deps, home), ...writingRoutes(deps, home)]);
};
