import type { ReleaseChanged } from '../../../events/index.ts';
import type { ReleaseId } from '../../../kit/ids.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { findReleaseById, releaseSources, releaseUrl } from '../../releases/index.ts';
import { findCommit } from '../../repositories/index.ts';
import { commitBlock } from '../payloads/commit-block.ts';
import { isJsonObject } from '../payloads/is-json-object.ts';
import { utcSeconds } from '../payloads/payload-dates.ts';
import { projectBlockWithUrls, projectUrl } from '../payloads/project-block.ts';
import type { EventDefinition, EventDefinitions, JsonObject } from './event-definition.ts';
import { projectOfPage } from './shared-reads.ts';

/** The release as it is when its fact is published: it may be gone right after. */
const releaseSnapshot = async (tx: Tx, id: ReleaseId): Promise<JsonObject | undefined> => {
  const release = await findReleaseById(tx, id);
  if (release === undefined) return undefined;
  const links = release.links.map(({ id: linkId, linkType, name, url }) => ({
    id: linkId,
    link_type: linkType,
    name,
    url,
  }));
  const attributes = {
    id: release.id,
    created_at: utcSeconds(release.createdAt),
    description: release.description,
    name: release.name,
    released_at: utcSeconds(release.releasedAt),
    tag: release.tag,
  };
  return { attributes, links, sha: release.sha, tag: release.tag };
};

const releaseChanged: EventDefinition<ReleaseChanged> = {
  placeOf: ({ projectId }) => ({ subject: `project:${projectId}`, projectId }),
  triggersOf: () => ['releases_events'],
  eventName: () => 'release',
  snapshot: (tx, { releaseId }) => releaseSnapshot(tx, releaseId),
  build: async (deps, { projectId, action }, snapshot) => {
    const project = await projectOfPage(deps, projectId);
    const { attributes, links, sha, tag } = snapshot ?? {};
    if (project === undefined || !isJsonObject(attributes) || !Array.isArray(links)) return [];
    if (typeof sha !== 'string' || typeof tag !== 'string') return [];
    const { externalUrl } = deps.server;
    const commit = await findCommit(deps.repositories, project, sha);
    const sources = releaseSources(project, tag, externalUrl);
    const payload = {
      ...attributes,
      object_kind: 'release',
      project: projectBlockWithUrls(project, externalUrl),
      url: releaseUrl(project, tag, externalUrl),
      action,
      assets: { count: links.length + sources.length, links, sources },
      commit: commit === undefined ? null : commitBlock(commit, projectUrl(project, externalUrl)),
    };
    return [{ eventName: 'release', trigger: 'releases_events', payload }];
  },
};

/** Releases that are made, changed and deleted. */
export const releaseEvents: EventDefinitions = { release_changed: releaseChanged };
