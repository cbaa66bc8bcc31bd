import type { RefPushed, RepositoryUpdated } from '../../../events/index.ts';
import type { User } from '../../accounts/index.ts';
import { isProtected, type Project } from '../../projects/index.ts';
import { findTag, findTagMessage, listPushedCommits, NO_SHA, type PathChange } from '../../repositories/index.ts';
import { pushedCommitBlock } from '../payloads/commit-block.ts';
import { projectBlockWithUrls, projectUrl, repositoryBlockWithUrls } from '../payloads/project-block.ts';
import { pushOptionsBlock } from '../payloads/push-options-block.ts';
import type { BuiltEvent, EventDefinition, EventDefinitions, PayloadDeps } from './event-definition.ts';
import { projectOfPage, protectedRefsOfPage, userOfPage } from './shared-reads.ts';

const BRANCH = 'refs/heads/';
const TAG = 'refs/tags/';
/** GitLab tells of the newest only. */
const MOST_COMMITS = 20;

const isTag = ({ ref }: Pick<RefPushed, 'ref'>): boolean => ref.startsWith(TAG);

const nameOf = ({ ref }: Pick<RefPushed, 'ref'>): string => ref.slice((ref.startsWith(TAG) ? TAG : BRANCH).length);

const byKind = (changes: readonly PathChange[], kind: PathChange['kind']): readonly string[] =>
  changes.filter((change) => change.kind === kind).map(({ path }) => path);

const pushedCommits = async ({ repositories, server }: PayloadDeps, fact: RefPushed, project: Project) => {
  const { newest, total } = await listPushedCommits(repositories, project, fact, MOST_COMMITS);
  const url = projectUrl(project, server.externalUrl);
  const commits = newest.map(({ commit, changes }) => {
    const [added, modified, removed] = [
      byKind(changes, 'added'),
      byKind(changes, 'modified'),
      byKind(changes, 'removed'),
    ];
    return pushedCommitBlock(commit, { added, modified, removed }, url);
  });
  return { commits, total };
};

/** The commit to check out; null where there is none any more. */
const checkoutSha = async (
  { repositories }: PayloadDeps,
  fact: RefPushed,
  project: Project,
): Promise<string | null> => {
  if (fact.after === NO_SHA) return null;
  return isTag(fact) ? ((await findTag(repositories, project, nameOf(fact)))?.sha ?? null) : fact.after;
};

const buildPush = async (deps: PayloadDeps, fact: RefPushed, project: Project, user: User): Promise<BuiltEvent> => {
  const { externalUrl } = deps.server;
  const kind = isTag(fact) ? 'tag_push' : 'push';
  const isGone = fact.after === NO_SHA;
  const { commits, total } = await pushedCommits(deps, fact, project);
  const rules = await protectedRefsOfPage(deps, project.id);
  const message = isTag(fact) && !isGone ? await findTagMessage(deps.repositories, project, nameOf(fact)) : undefined;
  const payload = {
    object_kind: kind,
    event_name: kind,
    before: fact.before,
    after: fact.after,
    ref: fact.ref,
    ref_protected: isProtected(rules, nameOf(fact), isTag(fact) ? 'tag' : 'branch'),
    checkout_sha: await checkoutSha(deps, fact, project),
    message: message ?? null,
    user_id: user.id,
    user_name: user.name,
    user_username: user.username,
    user_email: user.publicEmail,
    user_avatar: null,
    project_id: project.id,
    project: projectBlockWithUrls(project, externalUrl),
    commits,
    total_commits_count: total,
    push_options: pushOptionsBlock(fact.pushOptions),
    repository: repositoryBlockWithUrls(project, externalUrl),
  };
  return isTag(fact)
    ? { eventName: kind, trigger: 'tag_push_events', payload }
    : { eventName: kind, trigger: 'push_events', payload, branch: nameOf(fact) };
};

const refPushed: EventDefinition<RefPushed> = {
  placeOf: ({ projectId }) => ({ subject: `project:${projectId}`, projectId }),
  triggersOf: (fact) => [isTag(fact) ? 'tag_push_events' : 'push_events'],
  eventName: (fact) => (isTag(fact) ? 'tag_push' : 'push'),
  build: async (deps, fact) => {
    if (fact.isOneOfMany) return [];
    const [project, user] = [await projectOfPage(deps, fact.projectId), await userOfPage(deps, fact.userId)];
    return project === undefined || user === undefined ? [] : [await buildPush(deps, fact, project, user)];
  },
};

const repositoryUpdated: EventDefinition<RepositoryUpdated> = {
  placeOf: ({ projectId }) => ({ subject: `project:${projectId}`, projectId }),
  triggersOf: () => ['repository_update_events'],
  eventName: () => 'repository_update',
  build: async (deps, { projectId, userId, changes }) => {
    const [project, user] = [await projectOfPage(deps, projectId), await userOfPage(deps, userId)];
    if (project === undefined || user === undefined) return [];
    const payload = {
      event_name: 'repository_update',
      user_id: user.id,
      user_name: user.name,
      // The real one: it goes to system hooks only.
      user_email: user.email,
      user_avatar: null,
      project_id: project.id,
      project: projectBlockWithUrls(project, deps.server.externalUrl),
      changes: changes.map(({ before, after, ref }) => ({ before, after, ref })),
      refs: [...new Set(changes.map(({ ref }) => ref))],
    };
    return [{ eventName: 'repository_update', trigger: 'repository_update_events', payload }];
  },
};

/** Pushes of branches and tags, and what a whole push did to a repository. */
export const pushEvents: EventDefinitions = { ref_pushed: refPushed, repository_updated: repositoryUpdated };
