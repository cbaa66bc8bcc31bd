import type { CompileHost } from '../../../../ci-lang/index.ts';
import type { Clock } from '../../../../kit/clock.ts';
import type { Db } from '../../../../platform/postgres/index.ts';
import type { PipelineSource } from '../../../../wire/statuses.ts';
import type { User } from '../../../accounts/index.ts';
import type { Project } from '../../../projects/index.ts';
import type { RepositoryDeps } from '../../../repositories/index.ts';
import {
  changedPaths,
  identifyFiles,
  listPaths,
  listTagNames,
  NO_SHA,
  readSmallTextFile,
} from '../../../repositories/index.ts';
import type { ServerFacts } from '../../../variables/index.ts';
import { configDeadline } from './config-deadline.ts';
import { OtherProjects } from './other-projects.ts';
import type { RemoteTexts } from './remote-text.ts';
import { fetchRemoteText } from './remote-text.ts';

export interface CompileHostDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly server: ServerFacts;
  readonly repositories: RepositoryDeps;
  /** The server's own, by name. */
  readonly templates: { readonly read: CompileHost['readTemplate'] };
  readonly remoteTexts: RemoteTexts;
}

/** The commit whose configuration is compiled, and for whom. */
export interface CompileSite {
  readonly project: Project;
  /** Undefined: nobody is signed in, who reads what everybody may. */
  readonly user: User | undefined;
  readonly source: PipelineSource;
  readonly sha: string;
  readonly tag: boolean;
  readonly beforeSha: string;
  readonly mergeRequest?: { readonly facts: { readonly diffBaseSha: string | null } };
}

/** What the compiler reads no more of: many files may be included at once. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;

/**
 * Answers the compiler's questions: from the repository at the commit that the pipeline is for, from other projects as
 * far as the pipeline's user may read their code, from the web, and from the server's templates.
 */
export function compileHost(deps: CompileHostDeps, site: CompileSite): CompileHost {
  const { project, user } = site;
  const { repositories } = deps;
  const projects = new OtherProjects(deps, project, user);
  const inTime = configDeadline(deps.clock);
  return {
    serverUrl: deps.server.externalUrl,
    home: { project: project.fullPath, sha: site.sha },
    readLocalFile: inTime(async (path, place) => {
      const owner = projects.ownerOf(place);
      return owner && readSmallTextFile(repositories, owner, place.sha, path, MAX_FILE_BYTES);
    }),
    listFiles: inTime(async (place) => {
      const owner = projects.ownerOf(place);
      return owner === undefined ? [] : listPaths(repositories, owner, place.sha);
    }),
    findProject: inTime((question) => projects.find(question)),
    listTags: inTime(async (place) => {
      const owner = projects.ownerOf(place);
      return owner === undefined ? [] : listTagNames(repositories, owner);
    }),
    fetchText: inTime((url, options) => fetchRemoteText(deps.remoteTexts, url, options)),
    readTemplate: inTime((name) => deps.templates.read(name)),
    identifyFiles: (questions) => identifyFiles(repositories, project, site.sha, questions),
    changedFiles: async (compareTo) => {
      if (compareTo !== undefined) return changedPaths(repositories, project, { compareTo, sha: site.sha });
      if (site.mergeRequest !== undefined) {
        const { diffBaseSha } = site.mergeRequest.facts;
        return diffBaseSha === null
          ? undefined
          : changedPaths(repositories, project, { beforeSha: diffBaseSha, sha: site.sha });
      }
      // GitLab: only a push to an existing branch has a diff; otherwise `changes` holds.
      if (site.source !== 'push' || site.tag || site.beforeSha === NO_SHA) return undefined;
      return changedPaths(repositories, project, { beforeSha: site.beforeSha, sha: site.sha });
    },
  };
}
