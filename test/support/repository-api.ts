import { join } from 'node:path';
import { expect } from 'vitest';
import { type ApiAnswer, apiClient } from './api-client.ts';
import { type RepositoryServer, startRepositoryServer } from './repository-server.ts';

export type Api = ReturnType<typeof apiClient>;

/** `{ message: text }`: the body of a refusal. */
export const message = (text: string) => ({ message: text });

/** An action of `POST repository/commits` that creates a file. */
export const create = (file_path: string, content = file_path) => ({ action: 'create', file_path, content });

/** Users of every kind with their API clients, and projects in which they are what their names say. */
export const startRepositoryApi = async () => {
  const server: RepositoryServer = await startRepositoryServer();
  const ada = await server.addUser('ada');
  const dev = await server.addUser('dev');
  const reporter = await server.addUser('reporter');
  const stranger = await server.addUser('stranger');
  const owner = apiClient(server.url, ada.token);
  let counter = 0;

  const newProject = async () => {
    const project = await server.addProject(ada, `api-${++counter}`);
    await server.addMember(project.id, dev.id, 30);
    await server.addMember(project.id, reporter.id, 20);
    server.pushed.length = 0;
    const R = `/projects/${project.id}/repository`;
    const commit = (body: object, as: Api = owner): Promise<ApiAnswer> =>
      as('POST', `${R}/commits`, { branch: 'main', commit_message: 'Message', ...body });
    return {
      ...project,
      /** The API's path of the repository. */
      R,
      /** The bare repository. */
      folder: join(server.folder, 'repositories', `${project.id}.git`),
      /** POST commits, to main where the body says nothing else. */
      commit,
      /** A first commit on main with these files; its sha. Forgets what was pushed. */
      begin: async (...files: readonly string[]): Promise<string> => {
        const made = await commit({ actions: files.map((file) => create(file)) });
        expect(made.status).toBe(201);
        server.pushed.length = 0;
        return (made.body as { id: string }).id;
      },
    };
  };

  return {
    server,
    ada,
    owner,
    dev: apiClient(server.url, dev.token),
    reporter: apiClient(server.url, reporter.token),
    stranger: apiClient(server.url, stranger.token),
    anonymous: apiClient(server.url),
    newProject,
  };
};

export type RepositoryApi = Awaited<ReturnType<typeof startRepositoryApi>>;
export type ApiProject = Awaited<ReturnType<RepositoryApi['newProject']>>;
