import { type Place, unique } from '../place.ts';
import type { Prepared, Recipes } from '../recipe.ts';
import type { Lane } from '../world.ts';

const commitTo = (branch: string, actions: readonly object[]): Prepared => ({
  json: { branch, commit_message: 'Made', actions },
});

const aFile = async ({ project }: Place): Promise<string> => {
  const path = `${unique('made')}.md`;
  await project.commit({ [path]: 'Made\n' }, { branch: 'side' });
  return path;
};

/** A branch that only those may push to who may push to protected ones. */
export const protectedBranch = async ({ project, sha }: Place): Promise<string> => {
  if ((await project.headOf('stable')) === undefined) {
    await project.commit({ 'stable.md': 'Stable\n' }, { branch: 'stable', from: sha });
  }
  return 'stable';
};

const aBlob = async (_lane: Lane, { project }: Place): Promise<Prepared> => {
  const tree = await project.call('GET', '/repository/tree');
  const blob = tree
    .must(200)
    .rows()
    .find((entry) => entry.at('type') === 'blob');
  return { path: { sha: blob?.string('id') ?? '' } };
};

const FLUSH = { raw: '0000' };

export const repositoryRecipes: Recipes = {
  'GET /projects/:id/repository/files/*file_path': { prepare: () => ({ query: { ref: 'main' } }) },
  'GET /projects/:id/repository/blobs/:sha': { prepare: aBlob },
  'GET /projects/:id/repository/blobs/:sha/raw': { prepare: aBlob },
  'GET /projects/:id/repository/merge_base': { prepare: () => ({ query: { 'refs[0]': 'main', 'refs[1]': 'side' } }) },
  'POST /projects/:id/repository/branches': { prepare: () => ({ json: { branch: unique('made'), ref: 'main' } }) },
  'POST /projects/:id/repository/commits/:sha/comments': { prepare: () => ({ json: { note: 'Made' } }) },
  'DELETE /projects/:id/repository/branches/:branch': [
    {
      prepare: async (_lane, { project, sha }) => {
        const branch = unique('made');
        await project.commit({ 'made.md': 'Made\n' }, { branch, from: sha });
        return { path: { branch } };
      },
    },
    {
      note: 'protected',
      prepare: async (_lane, place) => ({ path: { branch: await protectedBranch(place) } }),
    },
  ],
  'DELETE /projects/:id/repository/merged_branches': {},
  'POST /projects/:id/repository/commits': [
    { prepare: () => commitTo('side', [{ action: 'create', file_path: `${unique('made')}.md`, content: 'x' }]) },
    {
      note: 'protected branch',
      prepare: async (_lane, place) =>
        commitTo(await protectedBranch(place), [{ action: 'create', file_path: `${unique('made')}.md`, content: 'x' }]),
    },
  ],
  'POST /projects/:id/repository/files/*file_path': {
    prepare: () => ({
      path: { file_path: `${unique('made')}.md` },
      json: { branch: 'side', content: 'x', commit_message: 'Made' },
    }),
  },
  'PUT /projects/:id/repository/files/*file_path': {
    prepare: async (_lane, place) => ({
      path: { file_path: await aFile(place) },
      json: { branch: 'side', content: unique('content'), commit_message: 'Made' },
    }),
  },
  'DELETE /projects/:id/repository/files/*file_path': {
    prepare: async (_lane, place) => ({
      path: { file_path: await aFile(place) },
      json: { branch: 'side', commit_message: 'Made' },
    }),
  },
  'POST /projects/:id/repository/tags': { prepare: () => ({ json: { tag_name: unique('made'), ref: 'main' } }) },
  'DELETE /projects/:id/repository/tags/:tag_name': {
    prepare: async (_lane, { project, sha }) => {
      const name = unique('made');
      await project.tag(name, sha);
      return { path: { tag_name: name } };
    },
  },
  'GET /*project/info/refs': [
    { note: 'to fetch', prepare: () => ({ query: { service: 'git-upload-pack' } }) },
    { note: 'to push', prepare: () => ({ query: { service: 'git-receive-pack' } }) },
  ],
  'POST /*project/git-upload-pack': {
    prepare: () => ({ ...FLUSH, headers: { 'Content-Type': 'application/x-git-upload-pack-request' } }),
  },
  'POST /*project/git-receive-pack': {
    prepare: () => ({ ...FLUSH, headers: { 'Content-Type': 'application/x-git-receive-pack-request' } }),
  },
};
