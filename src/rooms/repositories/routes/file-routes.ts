import { createHash } from 'node:crypto';
import {
  type ApiReply,
  type ApiRequest,
  bytes,
  created,
  errorReply,
  Halt,
  noContent,
  ok,
  type RawParams,
  type ReplyHeaders,
  type Route,
  route,
  stream,
  string,
} from '../../../http/index.ts';
import { badRequest, invalid, notFound, PenstockError } from '../../../kit/errors.ts';
import {
  type Commit,
  findFileContent,
  findPathFault,
  findTreeEntry,
  type Repository,
  streamBlob,
} from '../../../platform/git/index.ts';
import { mayPush, type Project } from '../../projects/index.ts';
import { type CommitRequest, commitFiles } from '../commit-files.ts';
import type { FileAction } from '../file-action.ts';
import { findLastCommit } from '../last-commit.ts';
import { findCommit } from '../read-commit.ts';
import { repositoryOf } from '../repositories.ts';
import { authorOf, decodeContent, flagOf, required, textOf } from './commit-request.ts';
import { type RepositoryRouteDeps, type Writer, writerOf } from './deps.ts';

const PATH = '/projects/:id/repository/files/*file_path';
const MAX_JSON_BYTES = 100 * 1024 * 1024;

interface FoundFile {
  readonly repository: Repository;
  readonly commit: Commit;
  readonly path: string;
  readonly blobSha: string;
  readonly size: number;
  readonly executable: boolean;
}

/** Throws 400 `file_path should be a valid file path` under `error`. */
const checkFilePath = (path: string): void => {
  if (findPathFault(path) === 'traversal') throw new Halt(errorReply(400, 'file_path should be a valid file path'));
};

const getFile = async (deps: RepositoryRouteDeps, project: Project, ref: string, path: string): Promise<FoundFile> => {
  checkFilePath(path);
  const commit = await findCommit(deps, project, ref);
  if (commit === undefined) throw notFound('Commit');
  const repository = repositoryOf(deps, project);
  const entry = await findTreeEntry(repository, commit.sha, path);
  if (entry?.type !== 'blob') throw notFound('File');
  const { sha, size, mode } = entry;
  return { repository, commit, path, blobSha: sha, size, executable: mode === '100755' };
};

/** A header's value may hold only what HTTP allows. */
const headerText = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text.toWellFormed());

const fileHeaders = (fields: Readonly<Record<string, string | number | boolean>>): ReplyHeaders =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => name !== 'content')
      .map(([name, value]) => [
        `X-Gitlab-${name
          .split('_')
          .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
          .join('-')}`,
        headerText(String(value)),
      ]),
  );

const presentFile = async (file: FoundFile, ref: string) => {
  const { repository, commit, path } = file;
  if (file.size > MAX_JSON_BYTES) throw new PenstockError('too_large', 'The file is too large: use its raw form');
  const content = (await findFileContent(repository, commit.sha, path)) ?? Buffer.alloc(0);
  return {
    file_name: path.slice(path.lastIndexOf('/') + 1),
    file_path: path,
    size: file.size,
    encoding: 'base64',
    content_sha256: createHash('sha256').update(content).digest('hex'),
    ref,
    blob_id: file.blobSha,
    commit_id: commit.sha,
    last_commit_id: (await findLastCommit(repository, commit.sha, path)) ?? commit.sha,
    execute_filemode: file.executable,
    content: content.toString('base64'),
  };
};

/** Text is shown as text and everything else offered as bytes; nothing is ever run by a browser. */
const sendRaw = async (file: FoundFile): Promise<ApiReply> => {
  const SNIFFED = 1024 * 1024;
  const small = file.size <= SNIFFED ? await findFileContent(file.repository, file.commit.sha, file.path) : undefined;
  const isText = small !== undefined && !small.subarray(0, 8000).includes(0);
  const name = headerText(file.path.slice(file.path.lastIndexOf('/') + 1)).replaceAll(/["\\]/g, '_');
  const headers = {
    'Content-Type': isText ? 'text/plain; charset=utf-8' : 'application/octet-stream',
    'Content-Disposition': `inline; filename="${name}"`,
    'X-Gitlab-Blob-Id': file.blobSha,
    'X-Gitlab-Commit-Id': file.commit.sha,
    'X-Gitlab-File-Path': headerText(file.path),
    'X-Gitlab-Size': file.size,
  };
  if (small !== undefined) return bytes(200, small, headers);
  return stream(200, streamBlob(file.repository, file.blobSha), { ...headers, 'Content-Length': file.size });
};

const CHANGED = 'You are attempting to update a file that has changed since you started editing it.';

/** One file action as a commit. Undeclared parameters, as in GitLab: their problems stand under `message`. */
const commitOne = async (
  deps: RepositoryRouteDeps,
  writer: Writer,
  request: ApiRequest,
  actionOf: (path: string, params: RawParams) => FileAction,
): Promise<{ readonly file_path: string; readonly branch: string }> => {
  const params = request.rawParams;
  const path = request.pathParams['file_path'] ?? '';
  checkFilePath(path);
  const branch = required(params, 'branch');
  const message = required(params, 'commit_message');
  const action = actionOf(path, params);
  if (!mayPush(writer.project, writer.rules, writer, branch, 'branch')) {
    throw invalid('You are not allowed to push into this branch');
  }
  const start = textOf(params['start_branch']);
  const wanted: CommitRequest = {
    branch,
    message,
    actions: [action],
    ...(start === undefined || start === '' ? {} : { start: { kind: 'branch', name: start } }),
    force: false,
    ...authorOf(params),
    changedText: () => CHANGED,
  };
  await commitFiles(deps, writer.project, writer.user, wanted);
  return { file_path: path, branch };
};

const contentOf = (params: RawParams): Buffer => {
  const text = textOf(params['content']);
  if (text === undefined) throw badRequest('content is required');
  const encoding = textOf(params['encoding']) ?? 'text';
  if (encoding !== 'text' && encoding !== 'base64') throw badRequest('encoding must be text or base64');
  return decodeContent(text, encoding);
};

const seenCommit = (params: RawParams): { readonly lastCommitId?: string } => {
  const id = textOf(params['last_commit_id']);
  return id === undefined || id === '' ? {} : { lastCommitId: id };
};

const writeRoutes = (deps: RepositoryRouteDeps): readonly Route[] => {
  const params = { id: string({ required: true }), file_path: string({ required: true }) };
  const guard = deps.project('push_code', { authenticateFirst: true });
  return [
    route({
      method: 'POST',
      path: PATH,
      summary: 'Create a file',
      params,
      guard,
      handler: async ({ subject, request }) => {
        const writer = await writerOf(deps, subject);
        const made = await commitOne(deps, writer, request, (path, raw) => ({
          kind: 'create',
          path,
          content: contentOf(raw),
          executable: flagOf(raw['execute_filemode']) ?? false,
        }));
        return created(made);
      },
    }),
    route({
      method: 'PUT',
      path: PATH,
      summary: 'Change a file',
      params,
      guard,
      handler: async ({ subject, request }) => {
        const writer = await writerOf(deps, subject);
        const changed = await commitOne(deps, writer, request, (path, raw) => {
          const executable = flagOf(raw['execute_filemode']);
          const mode = executable === undefined ? {} : { executable };
          return { kind: 'update', path, content: contentOf(raw), ...mode, ...seenCommit(raw) };
        });
        return ok(changed);
      },
    }),
    route({
      method: 'DELETE',
      path: PATH,
      summary: 'Delete a file',
      params,
      guard,
      handler: async ({ subject, request }) => {
        const writer = await writerOf(deps, subject);
        await commitOne(deps, writer, request, (path, raw) => ({ kind: 'delete', path, ...seenCommit(raw) }));
        return noContent();
      },
    }),
  ];
};

/** Files: read (JSON, raw), create, change, delete. HEAD answers the `X-Gitlab-*` headers alone. */
export const fileRoutes = (deps: RepositoryRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: PATH,
    summary: 'Read a file',
    params: {
      id: string({ required: true }),
      file_path: string({ required: true }),
      ref: string({ required: true, allowBlank: false }),
    },
    guard: deps.project('download_code', { scopes: ['read_repository'] }),
    handler: async ({ subject: { project }, params }) => {
      const shown = await presentFile(await getFile(deps, project, params.ref, params.file_path), params.ref);
      return ok(shown, fileHeaders(shown));
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/raw`,
    summary: "Read a file's bytes",
    params: {
      id: string({ required: true }),
      file_path: string({ required: true }),
      ref: string({ description: 'Default: HEAD' }),
      lfs: string(),
    },
    guard: deps.project('download_code', { jobToken: 'READ_REPOSITORIES', scopes: ['read_repository'] }),
    handler: async ({ subject: { project }, params }) => {
      const ref = params.ref === undefined || params.ref === '' ? 'HEAD' : params.ref;
      return sendRaw(await getFile(deps, project, ref, params.file_path));
    },
  }),
  ...writeRoutes(deps),
];
