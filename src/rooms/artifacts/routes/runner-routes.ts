import type { Route } from '../../../http/index.ts';
import { boolean, enumeration, integer, json, route, string } from '../../../http/index.ts';
import { badRequest } from '../../../kit/errors.ts';
import type { Job } from '../../pipelines/index.ts';
import { findJobWithOptions } from '../../pipelines/index.ts';
import { accessibilityOf } from '../access.ts';
import type { Accessibility } from '../artifact.ts';
import { FILE_FORMATS, FILE_TYPES, formatOf } from '../file-types.ts';
import { archiveForJob } from '../guards.ts';
import { expiryOf } from '../upload/expiry.ts';
import { maxArtifactBytes, receiveArtifact, tooLarge } from '../upload/receive-artifact.ts';
import { answerArchive } from './answer-archive.ts';
import type { ArtifactRouteDeps } from './deps.ts';

/** Bytes that a multipart body may have beside its file. */
const ENVELOPE = 64 * 1024;

/**
 * `POST /jobs/:id/artifacts`: one file in the part `file` of a multipart body; what it is stands in the query. 201, also
 * for the same file again; 400 for another file of a type that is there, and for a bad dotenv report; 403; 413.
 */
const uploadRoute = (deps: ArtifactRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/jobs/:id/artifacts',
    summary: 'A runner uploads an artifact of its job',
    params: {
      id: integer({ required: true }),
      artifact_type: enumeration(FILE_TYPES, { default: 'archive' }),
      artifact_format: enumeration(FILE_FORMATS, { default: 'zip' }),
      expire_in: string(),
      accessibility: enumeration(['public', 'private']),
    },
    body: 'stream',
    guard: deps.runnerJob,
    handler: async ({ subject, params, request }) => {
      const { job } = subject;
      const fileType = params.artifact_type;
      if (formatOf(fileType) !== params.artifact_format) {
        throw badRequest('Invalid file format with specified file type');
      }
      if ((request.body.length ?? 0) > maxArtifactBytes(deps) + ENVELOPE) throw tooLarge();
      await receiveArtifact(deps, job, {
        fileType,
        fileFormat: params.artifact_format,
        accessibility: params.accessibility ?? (await configuredAccess(deps, job)),
        expireAt: expiryOf(params.expire_in, deps.clock.now()),
        parts: request.body.files(),
        signal: request.clientGone,
      });
      return json(201, { message: '201 Created' });
    },
  });

async function configuredAccess(deps: ArtifactRouteDeps, job: Job): Promise<Accessibility> {
  const found = await findJobWithOptions(deps.db, job.id);
  return accessibilityOf(found?.options.artifacts?.access);
}

/**
 * `GET /jobs/:id/artifacts`: the archive of a job that the caller's running job depends on. Always answered directly, never
 * by a redirect, so `direct_download` changes nothing.
 */
const downloadRoute = (deps: ArtifactRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/jobs/:id/artifacts',
    summary: 'A runner downloads the archive of a job that its own depends on',
    params: { id: integer({ required: true }), direct_download: boolean({ default: false }) },
    guard: archiveForJob(deps.authenticate),
    handler: ({ subject, request }) => answerArchive(deps.blobs, subject.archive, request),
  });

export const runnerArtifactRoutes = (deps: ArtifactRouteDeps): readonly Route[] => [
  uploadRoute(deps),
  downloadRoute(deps),
];
