import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type ApiRequest, Halt, type Route, route, stream, text } from '../../http/index.ts';
import { advertiseRefs, type PackService, uploadPack } from '../../platform/git/index.ts';
import type { AuthenticateDeps } from '../accounts/index.ts';
import { discoveryGuard, pullGuard, pushGuard } from './git-access.ts';
import { type ReceivePushDeps, receivePush } from './receive-push.ts';
import { repositoryOf } from './repositories.ts';

export type GitRoutesDeps = AuthenticateDeps & ReceivePushDeps;

const NO_CACHE = {
  'Cache-Control': 'no-cache, max-age=0, must-revalidate',
  Expires: 'Fri, 01 Jan 1980 00:00:00 GMT',
  Pragma: 'no-cache',
};

/** The request's body, unpacked: git compresses long lists of what it has. Throws 415 for what git does not send. */
const bodyOf = (request: ApiRequest, service: PackService): Readable => {
  if (request.body.contentType !== `application/x-${service}-request`) {
    throw new Halt(text(415, 'Unsupported Media Type\n'));
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const body = request.body.stream();
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') throw new Halt(text(415, 'Unsupported Content-Encoding\n'));
  const unpacked = createGunzip();
  body.on('error', (error) => unpacked.destroy(error));
  body.pipe(unpacked);
  return unpacked;
};

/**
 * Git over HTTP, for the root of the site: `/<full/path>[.git]/info/refs`, `/git-upload-pack`, `/git-receive-pack`. The password is a
 * personal access token under any user name, or a job's token.
 */
export const gitRoutes = (deps: GitRoutesDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/*project/info/refs',
    summary: 'What a repository offers to a git client',
    params: {},
    guard: discoveryGuard(deps),
    body: 'stream',
    handler: async ({ subject: { project, service }, request }) =>
      stream(200, advertiseRefs(repositoryOf(deps, project), service, request.headers['git-protocol']), {
        ...NO_CACHE,
        'Content-Type': `application/x-${service}-advertisement`,
      }),
  }),
  route({
    method: 'POST',
    path: '/*project/git-upload-pack',
    summary: 'Fetch or clone with git',
    params: {},
    guard: pullGuard(deps),
    body: 'stream',
    handler: async ({ subject: { project }, request }) => {
      const input = bodyOf(request, 'git-upload-pack');
      return stream(200, uploadPack(repositoryOf(deps, project), input, request.headers['git-protocol']), {
        ...NO_CACHE,
        'Content-Type': 'application/x-git-upload-pack-result',
      });
    },
  }),
  route({
    method: 'POST',
    path: '/*project/git-receive-pack',
    summary: 'Push with git',
    params: {},
    guard: pushGuard(deps),
    body: 'stream',
    handler: async ({ subject, request }) =>
      stream(200, await receivePush(deps, subject, bodyOf(request, 'git-receive-pack')), {
        ...NO_CACHE,
        'Content-Type': 'application/x-git-receive-pack-result',
      }),
  }),
];
