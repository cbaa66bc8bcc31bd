import { isRawArray, isRawParams, type RawParams, type RawValue } from '../../../http/index.ts';
import { badRequest } from '../../../kit/errors.ts';
import type { CommitRequest } from '../commit-files.ts';
import type { FileAction } from '../file-action.ts';

/** A text as it was sent; numbers and booleans become text, everything else is as if it had not come. */
export const textOf = (value: RawValue | undefined): string | undefined => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
};

const filled = (value: RawValue | undefined): string | undefined => {
  const text = textOf(value);
  return text === undefined || text.trim() === '' ? undefined : text;
};

/** Rails' reading of a flag. */
export const flagOf = (value: RawValue | undefined): boolean | undefined => {
  const text = textOf(value)?.toLowerCase();
  if (text === undefined || text === '') return undefined;
  return !['false', 'f', '0', 'off', 'no', 'n'].includes(text);
};

/** 400 `400 Bad request - <name> is required`. Throws it for what is missing or blank. */
export const required = (params: RawParams, name: string): string => {
  const value = filled(params[name]);
  if (value === undefined) throw badRequest(`${name} is required`);
  return value;
};

/** A file's content by its `encoding`. */
export const decodeContent = (content: string, encoding: string): Buffer =>
  encoding === 'base64' ? Buffer.from(content, 'base64') : Buffer.from(content, 'utf8');

const ACTIONS = ['create', 'update', 'move', 'delete', 'chmod'];

/** The body of `POST repository/commits`. Throws GitLab's 400s, in GitLab's order. */
export const readCommitRequest = (params: RawParams): CommitRequest => {
  const branch = required(params, 'branch');
  const message = required(params, 'commit_message');
  const sent = readActions(params);
  const [startBranch, startSha] = [filled(params['start_branch']), filled(params['start_sha'])];
  if (startBranch !== undefined && startSha !== undefined) {
    throw badRequest('start_branch, start_sha are mutually exclusive');
  }
  const actions = sent.map(readAction);
  const start = startSha ?? startBranch;
  return {
    branch,
    message,
    actions,
    ...(start === undefined ? {} : { start: { kind: startSha === undefined ? 'branch' : 'sha', name: start } }),
    force: flagOf(params['force']) ?? false,
    ...authorOf(params),
    changedText: (path) => `The file has changed since you started editing it: ${path}`,
  };
};

/** `author_name` and `author_email`, where they were sent. */
export const authorOf = (params: RawParams): Pick<CommitRequest, 'authorName' | 'authorEmail'> => {
  const [name, email] = [filled(params['author_name']), filled(params['author_email'])];
  return {
    ...(name === undefined ? {} : { authorName: name }),
    ...(email === undefined ? {} : { authorEmail: email }),
  };
};

/** A list, or the hash with the keys 0, 1, 2 … that an indexed form makes. */
const listOf = (raw: RawValue): readonly RawValue[] | undefined => {
  if (isRawArray(raw)) return raw;
  if (!isRawParams(raw) || !Object.keys(raw).every((key) => /^\d+$/.test(key))) return undefined;
  return Object.values(raw);
};

const readActions = (params: RawParams): readonly RawValue[] => {
  const raw = params['actions'] ?? [];
  const list = raw === '' ? [] : listOf(raw);
  if (list === undefined) throw badRequest('actions must be an array');
  if (list.length === 0 && flagOf(params['allow_empty']) !== true) {
    throw badRequest('Provide at least one action, or set allow_empty to true');
  }
  return list;
};

const readAction = (raw: RawValue, index: number): FileAction => {
  const params = isRawParams(raw) && !isRawArray(raw) ? raw : {};
  const nameOf = (key: string): string => `actions[${index}][${key}]`;
  const kind = filled(params['action']);
  if (kind === undefined) throw badRequest(`${nameOf('action')} is required`);
  const path = filled(params['file_path']);
  if (path === undefined) throw badRequest(`${nameOf('file_path')} is required`);
  if (!ACTIONS.includes(kind)) throw badRequest(`${nameOf('action')} must be one of: ${ACTIONS.join(', ')}`);
  const encoding = filled(params['encoding']) ?? 'text';
  if (encoding !== 'text' && encoding !== 'base64') throw badRequest(`${nameOf('encoding')} must be text or base64`);
  const text = textOf(params['content']);
  const content = text === undefined ? undefined : decodeContent(text, encoding);
  const executable = flagOf(params['execute_filemode']);
  const lastCommitId = filled(params['last_commit_id']);
  const file = { path, ...(lastCommitId === undefined ? {} : { lastCommitId }) };
  switch (kind) {
    case 'create':
      return { kind, path, content: content ?? Buffer.alloc(0), executable: executable ?? false };
    case 'update': {
      if (!('content' in params)) throw badRequest(`${nameOf('content')} is required for update action`);
      return { kind, ...file, content: content ?? Buffer.alloc(0) };
    }
    case 'move': {
      const previousPath = filled(params['previous_path']);
      if (previousPath === undefined) throw badRequest(`${nameOf('previous_path')} is required for move action`);
      return { kind, ...file, previousPath, ...(content === undefined ? {} : { content }) };
    }
    case 'chmod': {
      if (executable === undefined) throw badRequest(`${nameOf('execute_filemode')} is required for chmod action`);
      return { kind, ...file, executable };
    }
    default:
      return { kind: 'delete', ...file };
  }
};
