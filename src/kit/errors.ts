/**
 * The closed list of error codes that a verb may end in. `http/` maps each to GitLab's status and body
 * (rest_conventions of GitLab's API: `message` bodies for these, `error` bodies for parameter validation).
 */
export type ErrorCode =
  | 'bad_request' // 400
  | 'unauthorized' // 401
  | 'forbidden' // 403
  | 'not_found' // 404
  | 'method_not_allowed' // 405
  | 'conflict' // 409
  | 'gone' // 410
  | 'precondition_failed' // 412
  | 'too_large' // 413
  | 'unprocessable' // 422
  | 'too_many_requests' // 429
  | 'unavailable'; // 503

/** GitLab's `message` body: a sentence, or attribute → sentences for model validation. */
export type ErrorMessage = string | Readonly<Record<string, readonly string[]>> | readonly string[];

/** A refusal with a documented status. `body` is exactly what goes under `message`. */
export class PenstockError extends Error {
  readonly code: ErrorCode;
  readonly body: ErrorMessage;
  /** Extra response headers, for example `Job-Status` or `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;
  /** What stands beside `message`: fields of our own that clients of GitLab pass over. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    body: ErrorMessage,
    headers: Readonly<Record<string, string>> = {},
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(typeof body === 'string' ? body : JSON.stringify(body));
    this.name = 'PenstockError';
    this.code = code;
    this.body = body;
    this.headers = headers;
    this.details = details;
  }
}

/** 400 `400 Bad request - <reason>` (GitLab's `bad_request!`). Use `invalid` for a bare text or an attribute map. */
export const badRequest = (reason?: string): PenstockError =>
  new PenstockError('bad_request', reason === undefined ? '400 Bad request' : `400 Bad request - ${reason}`);

/** 400 with exactly this body under `message` (service errors and model validation), and `details` beside it. */
export const invalid = (body: ErrorMessage, details: Readonly<Record<string, unknown>> = {}): PenstockError =>
  new PenstockError('bad_request', body, {}, details);

/** 401 `401 Unauthorized`. */
export const unauthorized = (body = '401 Unauthorized'): PenstockError => new PenstockError('unauthorized', body);

/** 403 `403 Forbidden` or `403 Forbidden - <reason>`. */
export const forbidden = (reason?: string, headers: Readonly<Record<string, string>> = {}): PenstockError =>
  new PenstockError('forbidden', reason === undefined ? '403 Forbidden' : `403 Forbidden - ${reason}`, headers);

/** 404 `404 <Thing> Not Found` (GitLab's helper wording, capital F). */
export const notFound = (thing?: string): PenstockError =>
  new PenstockError('not_found', thing === undefined ? '404 Not Found' : `404 ${thing} Not Found`);

/** 404 `404 Not found` (GitLab's record-not-found wording, small f). */
export const recordNotFound = (): PenstockError => new PenstockError('not_found', '404 Not found');

/** 409 with exactly this text. */
export const conflict = (body: ErrorMessage): PenstockError => new PenstockError('conflict', body);
