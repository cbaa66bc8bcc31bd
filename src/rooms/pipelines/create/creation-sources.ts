import type { Db } from '../../../platform/postgres/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import { findProtectedRefs, type Project } from '../../projects/index.ts';
import { findCommit, findTagMessage, type RepositoryDeps, resolveRef } from '../../repositories/index.ts';
import { findVariableShelves } from '../../variables/index.ts';
import type { MergeRequestQuestions } from '../merge-request-questions.ts';
import { findConfigContent } from './config-source/config-content.ts';

export interface CreationSourcesDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly repositories: RepositoryDeps;
  readonly findOpenMergeRequests: MergeRequestQuestions['findOpenMergeRequests'];
}

/**
 * What a new pipeline of this project is made from. Each question is asked once, however many pipelines it is for: make new
 * ones for each moment, as the answers grow old.
 */
export const creationSources = (deps: CreationSourcesDeps, project: Project) => ({
  resolveRef: once((ref: string) => resolveRef(deps.repositories, project, ref)),
  findCommit: once((sha: string) => findCommit(deps.repositories, project, sha)),
  findTagMessage: once((tag: string) => findTagMessage(deps.repositories, project, tag)),
  findConfigContent: once((sha: string) => findConfigContent(deps.repositories, project, sha)),
  findProtectedRefs: once(() => findProtectedRefs(deps.db, project.id)),
  findOpenMergeRequests: once((branch: string) => deps.findOpenMergeRequests(project, branch)),
  findVariableShelves: once(() => findVariableShelves(deps, project)),
});

export type CreationSources = ReturnType<typeof creationSources>;

/** Asks for each text once, and answers it to all who ask afterwards. */
export const once = <Answer>(ask: (about: string) => Promise<Answer>): ((about?: string) => Promise<Answer>) => {
  const answers = new Map<string, Promise<Answer>>();
  return (about = '') => {
    const answer = answers.get(about) ?? ask(about);
    answers.set(about, answer);
    return answer;
  };
};
