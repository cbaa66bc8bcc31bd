import {
  boolean,
  enumeration,
  Halt,
  json,
  noContent,
  ok,
  type Params,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { notFound } from '../../../kit/errors.ts';
import type { ProjectId } from '../../../kit/ids.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import type { ProjectGuards } from '../../projects/index.ts';
import { BadHook, type ChangeHookDeps } from '../change-hook.ts';
import { deleteHook } from '../hook-store.ts';
import { BRANCHES_TO_BE_NOTIFIED, INTEGRATION_SLUGS, type IntegrationSlug } from '../integrations/integration.ts';
import { findIntegration, type IntegrationHook, listIntegrations } from '../integrations/integration-store.ts';
import { presentIntegration, presentIntegrationBasic } from '../integrations/present-integration.ts';
import { type IntegrationWish, putIntegration } from '../integrations/put-integration.ts';
import { switchesOf } from './hook-params.ts';

const on = (what: string) => boolean({ description: `Tell of ${what}` });
const channel = (what: string) => string({ nullable: true, description: `Channel for ${what} (Slack, Mattermost)` });

const slug = enumeration(INTEGRATION_SLUGS, { required: true, description: 'The chat' });

const SETTINGS = {
  webhook: string({ required: true, description: 'Address of the incoming webhook; never shown' }),
  username: string({ nullable: true, description: 'Who messages are from' }),
  channel: string({ nullable: true, description: 'Where messages go (Slack, Mattermost)' }),
  notify_only_broken_pipelines: boolean({ description: 'Of pipelines, tell of those that failed only' }),
  notify_only_default_branch: boolean({ description: 'The older form of branches_to_be_notified' }),
  branches_to_be_notified: enumeration(BRANCHES_TO_BE_NOTIFIED, { description: 'Tell of these branches' }),
  push_events: on('pushes'),
  tag_push_events: on('new and deleted tags'),
  merge_requests_events: on('merge requests'),
  pipeline_events: on('pipelines'),
  deployment_events: on('deployments'),
  job_events: on('jobs (no message is written)'),
  note_events: on('comments (no message is written)'),
  confidential_note_events: on('confidential comments (no message is written)'),
  issues_events: on('issues (there are none)'),
  confidential_issues_events: on('confidential issues (there are none)'),
  wiki_page_events: on('wiki pages (there are none)'),
  vulnerability_events: on('vulnerabilities (there are none)'),
  push_channel: channel('pushes'),
  tag_push_channel: channel('tags'),
  merge_request_channel: channel('merge requests'),
  pipeline_channel: channel('pipelines'),
  deployment_channel: channel('deployments'),
};

const wishOf = (params: Params<typeof SETTINGS>): IntegrationWish => {
  const onlyDefault = params.notify_only_default_branch;
  const older = onlyDefault === undefined ? undefined : onlyDefault ? 'default' : 'all';
  const blankIsNone = (text: string | null | undefined) => (text === '' ? null : text);
  const channels = {
    push_events: blankIsNone(params.push_channel),
    tag_push_events: blankIsNone(params.tag_push_channel),
    merge_requests_events: blankIsNone(params.merge_request_channel),
    pipeline_events: blankIsNone(params.pipeline_channel),
    deployment_events: blankIsNone(params.deployment_channel),
  };
  return {
    webhook: params.webhook,
    switches: switchesOf(params),
    ...withoutAbsent({
      username: blankIsNone(params.username),
      channel: blankIsNone(params.channel),
      notifyOnlyBrokenPipelines: params.notify_only_broken_pipelines,
      branchesToBeNotified: params.branches_to_be_notified ?? older,
      channels: withoutAbsent(channels),
    }),
  };
};

/** GitLab's refusal, with the reason that it hides. */
const orBadRequest = async <Result>(change: () => Promise<Result>): Promise<Result> => {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof BadHook)) throw error;
    const [fault] = error.faults;
    const name = fault === undefined || fault.attribute === 'url' ? 'webhook' : fault.attribute;
    throw new Halt(json(400, { message: '400 Bad Request', hint: `${name} ${fault?.sentence ?? ''}` }));
  }
};

const routesAt = (base: string, deps: ChangeHookDeps & { readonly project: ProjectGuards }): readonly Route[] => {
  const guard = deps.project('admin_project', { authenticateFirst: true });
  const { db, vault } = deps;
  const get = async (projectId: ProjectId, wanted: IntegrationSlug): Promise<IntegrationHook> => {
    const found = await findIntegration(db, vault, projectId, wanted);
    if (found === undefined) throw notFound('Integration');
    return found;
  };
  return [
    route({
      method: 'GET',
      path: base,
      summary: 'List the active integrations',
      params: {},
      guard,
      handler: async ({ subject }) => {
        const all = await listIntegrations(db, vault, subject.project.id);
        return ok(all.filter(({ disabledAt }) => disabledAt === null).map(presentIntegrationBasic));
      },
    }),
    route({
      method: 'PUT',
      path: `${base}/:slug`,
      summary: 'Set up an integration, or change it',
      params: { slug, ...SETTINGS },
      guard,
      handler: async ({ subject, params }) => {
        const who = { projectId: subject.project.id, user: subject.actor.user };
        const put = () => putIntegration(deps, who, params.slug, wishOf(params));
        return ok(presentIntegration(await orBadRequest(put)));
      },
    }),
    route({
      method: 'GET',
      path: `${base}/:slug`,
      summary: 'Get the settings of an integration',
      params: { slug },
      guard,
      handler: async ({ subject, params }) => ok(presentIntegration(await get(subject.project.id, params.slug))),
    }),
    route({
      method: 'DELETE',
      path: `${base}/:slug`,
      summary: 'Take an integration away, with its settings',
      params: { slug },
      guard,
      handler: async ({ subject, params }) => {
        await deleteHook(db, (await get(subject.project.id, params.slug)).id);
        return noContent();
      },
    }),
  ];
};

/** Messages to chats, under GitLab's present and older names. */
export const integrationRoutes = (deps: ChangeHookDeps & { readonly project: ProjectGuards }): readonly Route[] =>
  ['/projects/:id/integrations', '/projects/:id/services'].flatMap((base) => routesAt(base, deps));
