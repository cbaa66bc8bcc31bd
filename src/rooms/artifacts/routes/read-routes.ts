import type { Route } from '../../../http/index.ts';
import { boolean, integer, pageOf, pageReply, pagingParams, route, string } from '../../../http/index.ts';
import { badRequest, notFound } from '../../../kit/errors.ts';
import { cleanArtifactPath } from '../artifact-path.ts';
import { presentNode } from '../present.ts';
import { listTree } from '../zip/entry-list.ts';
import { answerArchive, answerEntry } from './answer-archive.ts';
import type { ArtifactRouteDeps } from './deps.ts';
import { findArchiveOnRef, getArchive } from './find-archive.ts';
import { splitRefPath } from './split-ref-path.ts';

const ID = { job_id: integer({ required: true }) };
const READERS = { jobToken: 'READ_JOBS' } as const;

/** `GET /projects/:id/jobs/:job_id/artifacts`: the archive as it was uploaded. */
const archiveRoute = (deps: ArtifactRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/jobs/:job_id/artifacts',
    summary: "A job's artifacts archive",
    params: ID,
    guard: deps.guards.job('read_job_artifacts', READERS),
    handler: async ({ subject, request }) =>
      answerArchive(deps.blobs, await getArchive(deps, subject, subject.job.id), request),
  });

/** `GET /projects/:id/jobs/:job_id/artifacts/*path`: one file of the archive. */
const fileRoute = (deps: ArtifactRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/jobs/:job_id/artifacts/*artifact_path',
    summary: "One file of a job's artifacts archive",
    params: { ...ID, artifact_path: string({ required: true, allowBlank: false }) },
    guard: deps.guards.job('read_job_artifacts', READERS),
    handler: async ({ subject, params }) =>
      answerEntry(deps.blobs, await getArchive(deps, subject, subject.job.id), params.artifact_path),
  });

/** `GET /projects/:id/jobs/:job_id/artifacts/tree`: what lies in a folder of the archive. */
const treeRoute = (deps: ArtifactRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/jobs/:job_id/artifacts/tree',
    summary: "Files and folders of a job's artifacts archive",
    params: { ...ID, ...pagingParams, path: string({ default: '' }), recursive: boolean({ default: false }) },
    guard: deps.guards.job('read_job_artifacts', READERS),
    handler: async ({ subject, params, request }) => {
      const archive = await getArchive(deps, subject, subject.job.id, 'Artifacts');
      const folder = cleanArtifactPath(params.path);
      if (folder === undefined) throw badRequest();
      if (archive.entriesBlobKey === null) throw notFound('Artifacts metadata');
      const nodes = await listTree(deps.blobs, archive.entriesBlobKey, folder, params.recursive);
      if (nodes === undefined) throw notFound('Path');
      const page = pageOf(params);
      const rows = nodes.slice(page.offset, page.offset + page.limit).map(presentNode);
      return pageReply(request, page, rows, { total: nodes.length });
    },
  });

/**
 * `GET /projects/:id/jobs/artifacts/:ref_name/download?job=` and `…/:ref_name/raw/*path?job=`, the ref with or without
 * slashes: of the newest successful pipeline of the ref.
 */
const refRoute = (deps: ArtifactRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/jobs/artifacts/*ref_and_path',
    summary: 'The artifacts archive of a job by ref and job name, or one file of it',
    params: {
      ref_and_path: string({ required: true }),
      job: string({ required: true }),
      search_recent_successful_pipelines: boolean({ default: false }),
    },
    guard: deps.guards.project('read_job_artifacts', READERS),
    handler: async ({ subject, params, request }) => {
      const wanted = { job: params.job, searchRecent: params.search_recent_successful_pipelines };
      for (const { ref, path } of splitRefPath(params.ref_and_path)) {
        if (path !== undefined && !cleanArtifactPath(path)) throw badRequest();
        const archive = await findArchiveOnRef(deps, subject, { ...wanted, ref });
        if (archive === undefined) continue;
        return path === undefined
          ? answerArchive(deps.blobs, archive, request)
          : answerEntry(deps.blobs, archive, path);
      }
      throw notFound();
    },
  });

export const readArtifactRoutes = (deps: ArtifactRouteDeps): readonly Route[] => [
  archiveRoute(deps),
  fileRoute(deps),
  treeRoute(deps),
  refRoute(deps),
];
