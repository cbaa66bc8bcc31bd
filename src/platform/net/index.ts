export { type AllowedTarget, BadAllowedTarget, parseAllowedTargets } from './allowed-targets.ts';
export { CachedText, type CachedTextDeps, type FetchedText, type TextFault } from './cached-text.ts';
export { CONNECTION_HEADERS } from './check-request.ts';
export type { ResolveHost, TargetRules } from './check-target.ts';
export type { OutboundLimits, OutboundMethod } from './exchange.ts';
export { findRefusal } from './find-refusal.ts';
export { guardedFetch, type OutboundPolicy, type OutboundRequest } from './guarded-fetch.ts';
export type { FailureKind, OutboundResult } from './outcome.ts';
