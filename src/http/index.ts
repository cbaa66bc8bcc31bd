/** GitLab's REST manners, once: what the rooms and `app` may use. */

export { apiMarkdown } from './api-markdown.ts';
export type { RangeWish } from './byte-range.ts';
export { partial, rangeBeyond, rangeOf } from './byte-range.ts';
export type { Credentials } from './credentials.ts';
export type { Throttle } from './dispatcher.ts';
export { errorReply, Halt, insufficientScope, invalidParams, invalidToken, messageReply } from './errors.ts';
export type { HttpLog } from './http-log.ts';
export { arrayOfHashes, hashOf } from './nested-params.ts';
export type { OpenApiOptions } from './openapi.ts';
export { openApiDocument } from './openapi.ts';
export * from './paging.ts';
export * from './param-rules.ts';
export * from './params.ts';
export { type CountRequest, rateLimited } from './rate-limited.ts';
export { RateLimiter, type RateState } from './rate-limiter.ts';
export type { ExactNumber, RawParams, RawValue, StreamedFile, UploadedFile } from './raw-params.ts';
export { isExactNumber, isRawArray, isRawParams } from './raw-params.ts';
export * from './reply.ts';
export type { ApiRequest, HttpMethod, RequestBody } from './request.ts';
export { requireUnmodifiedSince } from './require-unmodified-since.ts';
export type { Guard, Route, RouteDefinition } from './route.ts';
export { route, routeTable } from './route.ts';
export type { HttpServer, HttpServerOptions } from './server.ts';
export { createHttpServer } from './server.ts';
