import type { ErrorCode } from '../kit/errors.ts';
import { PenstockError } from '../kit/errors.ts';
import type { Problem } from './param-spec.ts';
import type { ApiReply, ReplyHeaders } from './reply.ts';
import { json } from './reply.ts';

/** Thrown by a guard or a handler to end the request with exactly this answer. */
export class Halt extends Error {
  readonly reply: ApiReply;

  constructor(reply: ApiReply) {
    super(`answered ${String(reply.status)}`);
    this.name = 'Halt';
    this.reply = reply;
  }
}

const STATUS: Readonly<Record<ErrorCode, number>> = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  gone: 410,
  precondition_failed: 412,
  too_large: 413,
  unprocessable: 422,
  too_many_requests: 429,
  unavailable: 503,
};

/** `{"error": text}`: the shape of parameter validation, unknown routes and the hooks API. */
export const errorReply = (status: number, text: string, headers: ReplyHeaders = {}): ApiReply =>
  json(status, { error: text }, headers);

/** `{"message": body}`: the shape of every other refusal. `details`: fields of our own beside it. */
export const messageReply = (
  status: number,
  body: unknown,
  headers: ReplyHeaders = {},
  details: Readonly<Record<string, unknown>> = {},
): ApiReply => json(status, { message: body, ...details }, headers);

/** 400 with all problems of the parameters, those of one attribute together: `ref is missing, ref is empty, token is missing`. */
export function invalidParams(problems: readonly Problem[]): Halt {
  const byAttribute = Map.groupBy(problems, (problem) => problem.attribute);
  const sentences = [...byAttribute].flatMap(([attribute, all]) =>
    all.map((problem) => `${attribute} ${problem.text}`),
  );
  return new Halt(errorReply(400, [...new Set(sentences)].join(', ')));
}

/** 401 of an expired or revoked token: `{"error":"invalid_token","error_description":…}`. */
export const invalidToken = (description: string): Halt =>
  new Halt(json(401, { error: 'invalid_token', error_description: description }));

/** 403 of a token whose scopes do not suffice. `scopes`: those that would. */
export const insufficientScope = (scopes: readonly string[]): Halt =>
  new Halt(
    json(403, {
      error: 'insufficient_scope',
      error_description: 'The request requires higher privileges than provided by the access token.',
      scope: scopes.join(' '),
    }),
  );

/** Unknown route or wrong method under `/api/v4`. */
export const routeNotFound = (): ApiReply => errorReply(404, '404 Not Found');

/** The answer to something thrown; undefined when it is not a refusal but a fault (500, to be logged). */
export function replyTo(thrown: unknown): ApiReply | undefined {
  if (thrown instanceof Halt) return thrown.reply;
  if (thrown instanceof PenstockError) {
    return messageReply(STATUS[thrown.code], thrown.body, thrown.headers, thrown.details);
  }
  return undefined;
}
