import { arrayOf, boolean, ok, type Route, route, stream, strictPagingParams, string } from '../../../http/index.ts';
import { badRequest, notFound } from '../../../kit/errors.ts';
import {
  findMergeBase,
  findObject,
  findObjectContent,
  isSha,
  listFolder,
  listFolderDeep,
  streamBlob,
  type TreeEntry,
} from '../../../platform/git/index.ts';
import { presentCommit } from '../present-commit.ts';
import { findCommit, getCommit } from '../read-commit.ts';
import { repositoryOf } from '../repositories.ts';
import { projectUrlOf, type RepositoryRouteDeps } from './deps.ts';
import { listReply } from './listing.ts';

const MAX_JSON_BYTES = 100 * 1024 * 1024;

const presentEntry = ({ sha, type, path, mode }: TreeEntry) => ({
  id: sha,
  name: path.slice(path.lastIndexOf('/') + 1),
  type,
  path,
  mode,
});

/** GitLab shows folders first, then files, then submodules. */
const KINDS = ['tree', 'blob', 'commit'];
const sorted = (entries: readonly TreeEntry[]): readonly TreeEntry[] =>
  entries.toSorted((one, other) => KINDS.indexOf(one.type) - KINDS.indexOf(other.type));

const treeRoute = (deps: RepositoryRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/repository/tree',
    summary: 'List files and folders',
    params: {
      id: string({ required: true }),
      ref: string({ description: 'Default: the default branch' }),
      path: string(),
      recursive: boolean({ default: false }),
      pagination: string(),
      page_token: string(),
      ...strictPagingParams,
    },
    guard: deps.project('download_code'),
    handler: async ({ subject: { project }, params, request }) => {
      const ref = params.ref === undefined || params.ref === '' ? project.defaultBranch : params.ref;
      const commit = await findCommit(deps, project, ref);
      if (commit === undefined) throw notFound('Tree');
      const path = (params.path ?? '').replace(/^\/+|\/+$/g, '');
      const list = params.recursive ? listFolderDeep : listFolder;
      const entries = await list(repositoryOf(deps, project), commit.sha, path);
      if (entries === undefined) throw notFound('invalid revision or path');
      return listReply(
        request,
        params,
        sorted(entries),
        (entry) => entry.path,
        (shown) => Promise.resolve(shown.map(presentEntry)),
      );
    },
  });

const blobRoutes = (deps: RepositoryRouteDeps): readonly Route[] => {
  const params = { id: string({ required: true }), sha: string({ required: true }) };
  const getBlob = async (project: Parameters<typeof repositoryOf>[1], sha: string) => {
    const info = isSha(sha) ? await findObject(repositoryOf(deps, project), sha) : undefined;
    if (info?.type !== 'blob') throw notFound('Blob');
    return info;
  };
  return [
    route({
      method: 'GET',
      path: '/projects/:id/repository/blobs/:sha',
      summary: 'Read a blob',
      params,
      guard: deps.project('download_code'),
      handler: async ({ subject: { project }, params: { sha } }) => {
        const { size } = await getBlob(project, sha);
        if (size > MAX_JSON_BYTES) throw badRequest('The blob is too large: use its raw form');
        const blob = await findObjectContent(repositoryOf(deps, project), sha);
        return ok({ size, encoding: 'base64', content: blob?.content.toString('base64') ?? '', sha });
      },
    }),
    route({
      method: 'GET',
      path: '/projects/:id/repository/blobs/:sha/raw',
      summary: "Read a blob's bytes",
      params,
      guard: deps.project('download_code'),
      handler: async ({ subject: { project }, params: { sha } }) => {
        const { size } = await getBlob(project, sha);
        return stream(200, streamBlob(repositoryOf(deps, project), sha), {
          'Content-Type': 'application/octet-stream',
          'Content-Disposition': 'attachment',
          'Content-Length': size,
        });
      },
    }),
  ];
};

const mergeBaseRoute = (deps: RepositoryRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/repository/merge_base',
    summary: 'Common ancestor of two refs',
    params: { id: string({ required: true }), refs: arrayOf(string(), { required: true }) },
    guard: deps.project('download_code'),
    handler: async ({ subject: { project }, params: { refs }, request }) => {
      const [one, other] = refs;
      if (one === undefined || other === undefined || refs.length !== 2) throw badRequest('Provide exactly 2 refs');
      const shas = await Promise.all(
        [one, other].map(async (ref) => {
          const commit = await findCommit(deps, project, ref);
          if (commit === undefined) throw badRequest(`Could not find ref: ${ref}`);
          return commit.sha;
        }),
      );
      const base = await findMergeBase(repositoryOf(deps, project), shas[0] ?? '', shas[1] ?? '');
      if (base === undefined) throw notFound('Merge Base');
      return ok(presentCommit(await getCommit(deps, project, base), projectUrlOf(request, project)));
    },
  });

/** What a commit holds: tree, blobs; and where two histories meet. */
export const treeRoutes = (deps: RepositoryRouteDeps): readonly Route[] => [
  treeRoute(deps),
  ...blobRoutes(deps),
  mergeBaseRoute(deps),
];
